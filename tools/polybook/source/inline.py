"""What stands inside the text: references, citations and images, with their spans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import attrs
from markdown_it.token import Token

from polybook.source.chapter import Image, Reference
from polybook.source.lines import Lines, Span
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
_MARK_LINES = ("label", "eqlabel", "width", "height", "begin_tab", "end_tab")
_LIKE_A_MARK = re.compile(r":([a-z_]+):$")
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


def scan(tokens: list[Token], lines: Lines, env: dict[str, Any]) -> Found:
    """Collect references and images of a chapter, and report unknown marks."""
    references: list[Reference] = []
    images: list[Image] = []
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
            elif child.type == "code_inline":
                if match := _LIKE_A_MARK.search(before.content) if before else None:
                    _report_no_mark(env, match[1], child, lines, place.start(child, match[0]))
                place.skip(child.content)
        cursor = max(cursor, place.cursor)
    return Found(tuple(references), tuple(images))


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
    if key in _MARK_LINES:
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
        suggestion = did_you_mean(key, [*ROLES, *_MARK_LINES])
    line = lines.line_of(at)
    report(env, Finding(line, kind, message, suggestion, lines.column_of(at)))


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
        match = self._search(rf"!\[(?P<caption>{_loosely(token.content)})\]")
        start = match.start() if match else self.cursor
        self.cursor = start
        caption = Span(*match.span("caption")) if match else Span(start, start)
        tail = _IMAGE_TAIL.match(self.lines.text, caption.end) if match else None
        return Image(
            source=unquote(str(token.attrGet("src") or "")),
            line=self.lines.line_of(start) + 1,
            caption=caption,
            span=Span(start, tail.end()) if tail else None,
        )

    def skip(self, code: str) -> None:
        """Move behind a code span: what looks like a mark inside it is none."""
        if match := self._search(_loosely(code)):
            self.cursor = match.end()

    def find(self, token: Token) -> Span:
        """Return the span of a mark or role and move behind it."""
        key = token.meta.get("mark")
        head = re.escape(f":{key}:" if key else f"{{{token.meta['name']}}}")
        match = self._search(rf"{head}(`+)(?!`){_loosely(token.content)}\1")
        if not match:
            return Span(self.cursor, self.cursor)
        self.cursor = match.end()
        return Span(*match.span())

    def start(self, code: Token, head: str) -> int:
        """Return the offset of ``head``, which stands directly before a code span."""
        match = self._search(re.escape(head + code.markup))
        return match.start() if match else self.cursor

    def _search(self, pattern: str) -> re.Match[str] | None:
        return re.compile(pattern).search(self.lines.text, self.cursor, self.end)


def _loosely(content: str) -> str:
    """Return a pattern for ``content`` as it stands in the file.

    Where it has a blank, the file may have a line end and the prefix of a
    quotation or list; markdown-it writes a replacement character for NUL.
    """
    words = [re.escape(word).replace("\ufffd", "[\0\ufffd]") for word in content.split()]
    return r"[\s>]*" + r"[\s>]+".join(words) + (r"[\s>]*" if words else "")
