"""Chapter text as Markdown that Jupyter shows: links, numbers, captions, pictures."""

from __future__ import annotations

import base64
import mimetypes
import posixpath
import re
from collections.abc import Iterable, Iterator

from docutils.nodes import make_id

from polybook.book import Book, Page
from polybook.book.numbering import Label
from polybook.source import Image, MarkLine, Reference, Span, Target, TocBlock

_WORDS = {"section": "Section", "figure": "Fig.", "table": "Table", "listing": "Listing"}
_REFERENCE_ROLES = ("numref", "ref", "eqref")
_OBJECT_ROLES = ("func", "class", "mod")
_CAPTION_SIGN = re.compile(r"(?:Table)?:[ \t]*$")
_ID = re.compile(r"(?<=[{\s])#([\w:.-]+)")

Edit = tuple[Span, str]


class TextWriter:
    """Writes spans of one page for one framework.

    The author's text is kept as it is, except for the spans of marks,
    figures and labelled equations.
    """

    def __init__(self, book: Book, page: Page, framework: str) -> None:
        self.book, self.page, self.framework = book, page, framework
        numbers = book.numbering.numbers[page.docname]
        self._numbers = {
            id(target): ".".join(map(str, number))
            for target, number in zip(page.chapter.targets, numbers, strict=True)
        }

    def write(self, spans: Iterable[Span]) -> tuple[str, dict[str, dict[str, str]]]:
        """Return the text of ``spans``, joined, and the attachments that it uses."""
        attachments: dict[str, dict[str, str]] = {}
        parts = []
        for span in spans:
            edits = sorted(self._edits(span, attachments), key=lambda edit: edit[0].start)
            parts.append(_apply(self.page.chapter.text, span, edits).strip())
        return "\n\n".join(part for part in parts if part), attachments

    def _edits(self, span: Span, attachments: dict[str, dict[str, str]]) -> Iterator[Edit]:
        chapter = self.page.chapter
        left_out = [slide.span for slide in chapter.slides if slide.hidden]
        left_out += chapter.pages_only
        replaced = list(left_out)
        labelled: set[str] = set()  # equations, which bring their anchors along
        for where in left_out:
            if where in span:
                yield where, ""
        for target in chapter.targets:
            if target.span not in span or _within(target.span, left_out):
                continue
            if target.image and target.image.span:
                replaced.append(target.span)
                yield target.span, self._figure(target, attachments)
            elif target.kind == "equation" and target.names:
                labelled.update(target.names)
                yield from self._equation(target)
            elif target.kind == "table" and target.caption:
                yield self._table_number(target, target.caption)
            elif target.attributes:
                yield self._heading_attributes(target.attributes)
        for image in chapter.images:
            if not image.span or image.span not in span or _within(image.span, replaced):
                continue
            if link := self._attach(image, attachments):
                caption = image.caption.of(chapter.text)
                yield image.span, f"![{caption}]({link})"
        yield from self._references(span, replaced)
        yield from self._slide_marks(span, replaced)
        for word in chapter.not_html:
            if word in span and not _within(word, replaced):
                # Jupyter would take it for a tag, and drop it.
                yield Span(word.start, word.start), "\\"
        for block in chapter.toc:
            if block.span in span:
                yield block.span, self._page_list(block)
        for mark in chapter.marks:
            if mark.span in span and not _within(mark.span, replaced):
                anchor = mark.key == "label" and mark.value not in labelled
                yield mark.span, self._anchor_line(mark) if anchor else ""

    def _slide_marks(self, span: Span, without: list[Span]) -> Iterator[Edit]:
        for slide in self.page.chapter.slides:
            if slide.hidden:
                continue
            for where in (
                Span(slide.span.start, slide.content.start),
                Span(slide.content.end, slide.span.end),
            ):
                if where in span and not _within(where, without):
                    yield where, ""

    def _heading_attributes(self, where: Span) -> Edit:
        """Leave an anchor of the attributes behind a heading, or nothing."""
        text = where.of(self.page.chapter.text)
        return where, "".join(_anchor(name) for name in _ID.findall(text)[:1])

    def _table_number(self, target: Target, caption: Span) -> Edit:
        """Put the number in place of the sign that begins a table's caption."""
        before = self.page.chapter.text[target.span.start : caption.start]
        sign = _CAPTION_SIGN.search(before)
        start = target.span.start + (sign.start() if sign else len(before))
        return Span(start, caption.start), f"**Table {self._numbers[id(target)]}** "

    def _page_list(self, block: TocBlock) -> str:
        """Return a list of links to the pages that a ``toc`` block names."""
        folder = posixpath.dirname(self.page.docname)
        lines = []
        for entry in block.entries:
            docname = posixpath.normpath(posixpath.join(folder, entry.page))
            page = self.book.page(docname)
            address = self._page_address(docname, page, "")
            title = " ".join(page.chapter.title.split()) if page else entry.page
            lines.append(f"* [{title}]({address})\n" if address else f"* {title}\n")
        return "".join(lines)

    def _anchor_line(self, mark: MarkLine) -> str:
        text = self.page.chapter.text
        # An HTML block ends at a blank line only.
        after = "" if text[mark.span.end : mark.span.end + 1] in ("\n", "\r", "") else "\n"
        # Directly under a table it would be another row.
        tables = [target.span for target in self.page.chapter.targets if target.kind == "table"]
        before = "\n" if _within(mark.span, tables) else ""
        return f"{before}{_anchor(mark.value)}\n{after}"

    def _figure(self, target: Target, attachments: dict[str, dict[str, str]]) -> str:
        image = target.image
        assert image is not None
        caption = _apply(
            self.page.chapter.text,
            image.caption,
            sorted(
                [*self._references(image.caption, []), *self._slide_marks(image.caption, [])],
                key=lambda edit: edit[0].start,
            ),
        ).strip()
        link = self._attach(image, attachments) or image.source
        number = self._numbers[id(target)]
        anchors = "".join(_anchor(name) for name in target.names)
        alternative = " ".join(target.title.split()).replace("[", "").replace("]", "")
        picture = f"![{alternative}]({link})"
        parts = [part for part in (anchors, picture, f"**Fig. {number}** {caption}") if part]
        # In a list or quotation the figure's lines go on belonging to it.
        first = target.span.start
        prefix = self.page.chapter.text[first : image.span.start] if image.span else ""
        further = "".join(char if char == ">" else " " for char in prefix)
        lines = "\n\n".join(parts).split("\n")
        rest = (f"{further}{line}".rstrip() for line in lines[1:])
        return "\n".join([prefix + lines[0], *rest]) + "\n"

    def _equation(self, target: Target) -> Iterator[Edit]:
        """Give a labelled formula its number and an anchor."""
        text = self.page.chapter.text
        closing = text.rfind("$$", target.span.start, target.span.end)
        # The formula's own dollars; a label may hold none.
        opening = text.rfind("$$", target.span.start, max(closing, 0))
        if not 0 <= opening < closing:
            return
        number = self._numbers[id(target)]
        formula_end = len(text[:closing].rstrip())
        yield Span(formula_end, closing), f" \\tag{{{number}}}" + text[formula_end:closing]
        anchors = "".join(_anchor(name) for name in target.names)
        own_line = opening == 0 or text[opening - 1] in "\r\n"
        yield Span(opening, opening), f"{anchors}\n\n" if own_line else anchors
        # MyST's own label, ``$$ (label)``.
        rest = text[closing + 2 : target.span.end].split("\n", 1)[0].rstrip()
        if rest.strip() in {f"({name})" for name in target.names}:
            yield Span(closing + 2, closing + 2 + len(rest)), ""

    def _references(self, span: Span, without: list[Span]) -> Iterator[Edit]:
        grouped: dict[Span, list[Reference]] = {}
        for reference in self.page.chapter.references:
            if reference.span in span and not _within(reference.span, without):
                grouped.setdefault(reference.span, []).append(reference)
        for where, references in grouped.items():
            if references[0].role in _REFERENCE_ROLES:
                replacement = self._link(references[0])
            elif references[0].role in _OBJECT_ROLES:
                call = "()" if references[0].role == "func" else ""
                replacement = f"`{references[0].target}{call}`"
            else:
                replacement = self._citation(references)
            if replacement is not None:
                yield where, replacement

    def _link(self, reference: Reference) -> str | None:
        label = self.book.numbering.find(reference.target)
        if label is None:
            return None
        if reference.role == "eqref":
            words = f"({label.dotted})"
        elif reference.role == "numref":
            words = f"{_WORDS.get(label.target.kind, '')} {label.dotted}"
        else:
            words = label.target.title or label.name
        address = self._address(label)
        return f"[{words}]({address})" if address else words

    def _address(self, label: Label) -> str:
        """Return where the label is found from this notebook.

        The website if its address is known, else the notebook of that page,
        which lies beside this one.
        """
        if label.docname == self.page.docname:
            return f"#{label.name}"
        page = self.book.page(label.docname)
        return self._page_address(label.docname, page, label.name)

    def _page_address(self, docname: str, page: Page | None, name: str) -> str:
        if self.book.config.base_url:
            base = self.book.config.base_url.rstrip("/")
            return f"{base}/{docname}.html" + (f"#{make_id(name)}" if name else "")
        if page is None or self.framework not in page.frameworks:
            return ""
        here = posixpath.dirname(self.page.stem) or "."
        address = f"{posixpath.relpath(page.stem, here)}.ipynb"
        return f"{address}#{name}" if name else address

    def _citation(self, references: list[Reference]) -> str | None:
        works = self.book.bibliography
        cited = [works[reference.target] for reference in references if reference.target in works]
        if not cited:
            return None
        if references[0].role == "citet":
            named = [(f"{work.authors} ({work.year})", work.url) for work in cited]
            return ", ".join(_linked(*name) for name in named)
        named = [(f"{work.authors}, {work.year}", work.url) for work in cited]
        return "(" + ", ".join(_linked(*name) for name in named) + ")"

    def _attach(self, image: Image, attachments: dict[str, dict[str, str]]) -> str:
        """Attach the picture of ``image``; return its address, empty if there is no file."""
        folder = (self.book.folder / self.page.path).parent
        path = (
            self.book.folder / image.source[1:]
            if image.source.startswith("/")
            else folder / image.source
        )
        if not path.is_file():
            return ""
        name = attachment(image.source)
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        attachments[name] = {kind: base64.b64encode(path.read_bytes()).decode("ascii")}
        return f"attachment:{name}"


def attachment(source: str) -> str:
    """Return the name by which a notebook holds the picture at ``source``."""
    return source.replace("../", "").lstrip("./").replace("/", "-").replace(" ", "-")


def _linked(words: str, url: str) -> str:
    return f"[{words}]({url})" if url else words


def _anchor(name: str) -> str:
    return f'<a id="{name}"></a>'


def _within(span: Span, others: list[Span]) -> bool:
    return any(span in other for other in others)


def _apply(text: str, span: Span, edits: list[Edit]) -> str:
    """Return ``text`` in ``span`` with each edit's span replaced; edits do not overlap."""
    parts, done = [], span.start
    for where, replacement in edits:
        parts += [text[done : where.start], replacement]
        done = where.end
    parts.append(text[done : span.end])
    return "".join(parts)
