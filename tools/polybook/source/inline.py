"""What stands inside the text: references, citations and images, with their spans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import attrs
from markdown_it.token import Token

from polybook.source.chapter import Image, MarkLine, Reference
from polybook.source.lines import Lines, Span
from polybook.source.near_miss import MARK_LINES, NearMiss, before_code, in_text
from polybook.source.rules.finding import Finding, report
from polybook.source.rules.mark import ROLES
from polybook.source.suggestion import did_you_mean

# MyST role -> the key that the dialect uses for the same meaning.
_KEYS = {
    "numref": "numref",
    "ref": "ref",
    "eq": "eqref",
    "cite": "cite",
    "cite:p": "cite",
    "cite:ps": "cite",
    "cite:t": "citet",
    "cite:ts": "citet",
    "doc": "doc",
}
CITATIONS = ("cite", "citep", "citet")
_LIKE_A_MARK = re.compile(r":([a-z_]+):$")
_LIKE_A_TAG = re.compile(r"</?[A-Za-z][\w-]*>")
# What follows an image's caption: the path, perhaps a title.
_IMAGE_TAIL = re.compile(
    r"""\]\(\s*(<[^>\n]*>|[^\s()]*(\([^\s()]*\))?[^\s()]*)(\s+("[^"]*"|'[^']*'))?\s*\)"""
)
# ``{numref}`Section %s <label>` `` names its target in angle brackets.
_EXPLICIT = re.compile(r"^.*<([^<>]+)>$", re.DOTALL)


@attrs.frozen
class Found:
    """What a scan of the inline text returns."""

    references: tuple[Reference, ...]
    images: tuple[Image, ...]
    marks: tuple[MarkLine, ...]
    not_html: tuple[Span, ...]


def scan(tokens: list[Token], lines: Lines, env: dict[str, Any]) -> Found:
    """Collect references, images and labels behind formulas; report unknown marks.

    A displayed formula gets its place, ``meta["span"]``.
    """
    references: list[Reference] = []
    images: list[Image] = []
    marks: list[MarkLine] = []
    not_html: list[Span] = []
    cursor = 0
    for token in tokens:
        if token.type != "inline" or not token.map:
            continue
        place = _Place(lines, token, cursor)
        for child, before in _walk(token.children or []):
            if child.type == "image":
                image = place.image(child)
                # Figures take it from their token.
                child.meta["image"] = image
                images.append(image)
            elif child.type == "myst_role":
                span = place.find(child)
                references += _references(child, span, lines)
            elif child.type == "inline_mark":
                span = place.find(child)
                marks.append(MarkLine(child.meta["name"], child.content, span))
                _set_line(child, lines.line_of(span.start))
            elif child.type == "math_inline_double":
                child.meta["span"] = place.formula(child)
            elif child.type == "math_inline":
                if before and before.type == "text" and before.content.endswith("$"):
                    _report_dollars(env, lines, place.find_dollars())
            elif child.type == "text":
                behind = before and before.type == "math_inline" and child.content[:1] == "$"
                if behind or "$$" in child.content:
                    _report_dollars(env, lines, place.find_dollars())
                for miss in in_text(child.content):
                    _report_near_miss(env, miss, lines, place.near(miss.written))
                if "<" in child.content:
                    not_html += place.tags(child.content)
            elif child.type == "code_inline":
                text = before.content if before and before.type == "text" else ""
                if match := _LIKE_A_MARK.search(text):
                    _report_no_mark(env, match[1], child, lines, place.start(child, match[0]))
                elif miss := before_code(text, child):
                    _report_near_miss(env, miss, lines, place.start(child, miss.written))
                place.skip(child.content)
        cursor = max(cursor, place.cursor)
    return Found(tuple(references), tuple(images), tuple(marks), tuple(not_html))


def _set_line(mark: Token, line: int) -> None:
    """Tell the formula of a label on its own line where the label stands."""
    names = mark.meta["formula"].meta["names"]
    names[mark.meta["at"]] = (mark.content, line)


def _walk(children: list[Token]) -> Iterator[tuple[Token, Token | None]]:
    """Yield each inline token, an image's before those of its caption, with the one before it."""
    before = None
    for child in children:
        yield child, before
        if child.type == "image":
            yield from _walk(child.children or [])
        before = child


def _references(token: Token, span: Span, lines: Lines) -> list[Reference]:
    name = token.meta["name"]
    key = token.meta.get("mark") or _KEYS.get(name)
    if key is None:
        return []
    line = lines.line_of(span.start) + 1
    content = token.content
    if match := _EXPLICIT.match(content):
        content = match[1]
    if key in CITATIONS:
        keys = [part.strip() for part in content.split(",") if part.strip()]
        return [Reference(key, part, line, span) for part in keys]
    return [Reference(key, content.strip(), line, span)]


def _report_no_mark(env: dict[str, Any], key: str, code: Token, lines: Lines, at: int) -> None:
    """Report a code span behind ``:key:`` that is no mark and stays text."""
    if lines.text[max(at - 1, 0) : at] == "\\":
        return  # An escaped colon: the author wants the text.
    written = f":{key}:{code.markup}{code.content}{code.markup}"
    if key in MARK_LINES:
        kind = "misplaced-mark"
        message = f"{written} is kept as text, because something else stands on its line"
        suggestion = "give it a line of its own"
    elif key in ROLES:
        kind = "invalid-mark"
        message = f"{written} is kept as text, because no mark can have this value"
        suggestion = "it holds letters, digits, blanks and * + , - . / \\ _, on two lines at most"
    else:
        kind = "unknown-mark"
        message = f"{written} is no mark that polybook knows; it is kept as text"
        suggestion = did_you_mean(key, [*ROLES, *MARK_LINES])
    line = lines.line_of(at)
    report(env, Finding(line, kind, message, suggestion, lines.column_of(at)))


def _report_near_miss(env: dict[str, Any], miss: NearMiss, lines: Lines, at: int) -> None:
    if lines.text[max(at - 1, 0) : at] == "\\":
        return  # An escaped colon: the author wants the text.
    line = lines.line_of(at)
    message = f"{miss.written.strip()} is kept as text: {miss.problem}"
    suggestion = f"write {miss.meant}"
    report(env, Finding(line, "near-miss-mark", message, suggestion, lines.column_of(at)))


def _report_dollars(env: dict[str, Any], lines: Lines, at: int) -> None:
    """Report ``$$`` that neither begins nor ends a displayed formula."""
    if at < 0:
        return
    message = "this $$ is kept as text, because the other half of its formula is missing"
    suggestion = "write $$ on both sides, without a blank line between, or \\$ for a dollar sign"
    finding = Finding(
        lines.line_of(at), "unclosed-formula", message, suggestion, lines.column_of(at), "warning"
    )
    report(env, finding)


class _Place:
    """Finds the source span of an inline token.

    markdown-it gives inline tokens no positions in the file: their text is
    that of the block with quotation marks, list indents and outer blanks
    taken away, line by line. Inside a line it is a piece of the author's
    line, so its place is found there. ``cursor`` keeps several pieces of one
    line, such as the cells of a table row, apart.
    """

    def __init__(self, lines: Lines, token: Token, cursor: int) -> None:
        self.lines, self.first = lines, token.map[0]
        self.text = token.content
        self.cursor = max(cursor, lines.start(self.first))
        self.end = lines.start(token.map[1])

    def image(self, token: Token) -> Image:
        """Return the place of an image and move into its caption."""
        caption = self._content("![", token.content, "]")
        start = caption.start - 2 if caption else self.cursor
        self.cursor = start
        tail = _IMAGE_TAIL.match(self.lines.text, caption.end) if caption else None
        return Image(
            source=unquote(str(token.attrGet("src") or "")),
            line=self.lines.line_of(start) + 1,
            caption=caption or Span(start, start),
            span=Span(start, tail.end()) if tail else None,
        )

    def skip(self, code: str) -> None:
        """Move behind a code span: what looks like a mark inside it is none."""
        if inside := self._content("", code, ""):
            self.cursor = inside.end

    def find(self, token: Token) -> Span:
        """Return the span of a mark or role and move behind it."""
        key = token.meta.get("mark")
        head = f":{key}:" if key else f"{{{token.meta['name']}}}"
        content = token.meta.get("written", token.content)
        literal = self._literal(f"{head}`", content, "`", head)
        if literal:
            span = Span(literal.start - len(head) - 1, literal.end + 1)
        else:
            match = self._search(rf"{re.escape(head)}(`+)(?!`){_loosely(content)}\1")
            if not match:
                return Span(self.cursor, self.cursor)
            span = Span(*match.span())
        self.cursor = span.end
        return span

    def formula(self, token: Token) -> Span:
        """Return the span of a displayed formula, with its dollars, and move behind it."""
        inside = self._content("$$", token.content, "$$")
        if inside is None:
            return Span(self.cursor, self.cursor)
        self.cursor = inside.end + 2
        return Span(inside.start - 2, self.cursor)

    def tags(self, text: str) -> Iterator[Span]:
        """Yield the places of what looks like a tag in ``text``, and move behind them."""
        for match in _LIKE_A_TAG.finditer(text):
            at = self.lines.text.find(match[0], self.cursor, self.end)
            # Otherwise it is escaped, or written with entities.
            if at >= 0 and self.lines.text[at - 1 : at] != "\\":
                self.cursor = at + len(match[0])
                yield Span(at, self.cursor)

    def find_dollars(self) -> int:
        """Return where the next ``$$`` stands and move behind it.

        It is -1 if there is none, or if dollars are escaped, which may be meant.
        """
        at = self.lines.text.find("$$", self.cursor, self.end)
        if at < 0 or self.lines.text.find("\\$", self.cursor, at) >= 0:
            return -1
        self.cursor = at + 2
        return at

    def near(self, written: str) -> int:
        """Return where ``written`` begins; the text is not passed."""
        at = self.lines.text.find(written, self.cursor, self.end)
        return at if at >= 0 else self.cursor

    def start(self, code: Token, head: str) -> int:
        """Return the offset of ``head``, which stands directly before a code span."""
        return self.near(head + code.markup)

    def _content(self, before: str, content: str, after: str) -> Span | None:
        """Return where ``content`` stands first between ``before`` and ``after``."""
        if literal := self._literal(before, content, after, before):
            return literal
        match = self._search(
            rf"{re.escape(before)}(?P<content>{_loosely(content)}){re.escape(after)}"
        )
        return Span(*match.span("content")) if match else None

    def _literal(self, before: str, content: str, after: str, head: str) -> Span | None:
        """Return the same where the file has it as it is, behind the first ``head``.

        Most text has; making a pattern takes longer than all else.
        """
        text = self.lines.text
        if not head and (len(content.split()) > 1 or content != content.strip()):
            return None  # A blank may be a line end in the file, and that place the first.
        at = text.find(head or content, self.cursor, self.end)
        whole = before + content + after
        if at < 0 or not text.startswith(whole, at, self.end):
            return None
        return Span(at + len(before), at + len(before) + len(content))

    def _search(self, pattern: str) -> re.Match[str] | None:
        return re.compile(pattern).search(self.lines.text, self.cursor, self.end)


def _loosely(content: str) -> str:
    """Return a pattern for ``content`` as it stands in the file.

    Where it has a blank, the file may have a line end and the prefix of a
    quotation or list; markdown-it writes a replacement character for NUL.
    """
    words = [re.escape(word).replace("\ufffd", "[\0\ufffd]") for word in content.split()]
    return r"[\s>]*" + r"[\s>]+".join(words) + (r"[\s>]*" if words else "")
