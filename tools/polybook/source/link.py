"""Markdown links, with their places in the text."""

from __future__ import annotations

from urllib.parse import unquote

import attrs
from markdown_it.token import Token

from polybook.source.lines import Lines, Span

# Links whose place is not found cost a search of their whole paragraph each.
_MOST_LOST = 8


@attrs.frozen
class Link:
    """A Markdown link; bare addresses are none.

    Attributes:
        target: Where it leads, without escapes.
        line: Line where it stands; the paragraph's first line for a link in
            reference style, whose target stands elsewhere.
        column: Column there, from 1.
    """

    target: str
    line: int
    column: int


def collect_links(tokens: list[Token], lines: Lines) -> tuple[Link, ...]:
    """Return the links of a chapter in the order in which they stand."""
    links: list[Link] = []
    for token in tokens:
        if token.type == "inline" and token.map and token.children:
            links += _links(token, lines)
    return tuple(links)


def _links(token: Token, lines: Lines) -> list[Link]:
    first = token.map[0] if token.map else 0
    cursor, end = lines.start(first), lines.start(token.map[1] if token.map else 0)
    found: list[Link] = []
    lost = 0
    for child in token.children or []:
        if child.type != "link_open" or child.info == "auto":
            continue
        written = str(child.attrGet("href") or "")
        target = unquote(written)
        span = None
        if lost < _MOST_LOST:
            span = _find(lines.text, cursor, end, (written, target))
        if span is None:
            lost += 1
            found.append(Link(target, first + 1, 1))
        else:
            cursor = span.end
            line, column = lines.line_of(span.start), lines.column_of(span.start)
            found.append(Link(target, line + 1, column + 1))
    return found


def _find(text: str, start: int, end: int, targets: tuple[str, str]) -> Span | None:
    """Return the span from a link's opening bracket to its target.

    markdown-it gives inline tokens no places in the file, so it is looked for.
    """
    at = start
    while (at := text.find("](", at, end)) >= 0:
        inside = at + 2
        while inside < end and text[inside] in " \t\n<":
            inside += 1
        if text.startswith(targets, inside):
            return Span(_opening(text, start, at), inside)
        at = inside
    return None


def _opening(text: str, start: int, bracket: int) -> int:
    """Return the offset, not before ``start``, of the bracket that ``text[bracket]`` closes."""
    depth = 0
    for at in range(bracket, start - 1, -1):
        depth += {"]": 1, "[": -1}.get(text[at], 0)
        if depth == 0:
            return at
    return bracket
