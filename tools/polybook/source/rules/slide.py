"""Slide marks, such as ``[**a sentence**]``: what the slides of a chapter take from it.

Pages and notebooks show the sentence without the mark; what stands between
``[~~`` and ``~~]`` they do not show at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import attrs
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from polybook.source.lines import Lines
from polybook.source.rules.finding import Finding, report

SLIDES = "polybook_slides"
"""Key in the parser's environment: all pairs of marks, as :class:`Pair`."""

_QUICK = re.compile(r"[\[(](?:\*\*|~~)|(?:\*\*|~~)[\])]")
_SIGN = re.compile(
    r"\\."
    r"|\{[a-zA-Z0-9_+:-]{1,60}\}(?P<role>`+)"
    r"|(?P<code>`+)"
    r"|(?P<math>\$\$?)"
    r"|(?P<comment><!--)"
    # A third star is that of an emphasis within: `[***word* and more**]`, not `[*** word`.
    r"|(?P<open>[\[(](?:\*\*(?!\*\*|\*\s)|~~(?!~)))"
    r"|(?:(?<!\*)\*?(?P<close>\*\*[\])])|(?<!~)(?P<struck>~~[\])]))"
    r"|(?P<bare>\*\*+|~~+)",
    re.DOTALL,
)
_CLOSING = {"[**": "**]", "(**": "**)", "[~~": "~~]", "(~~": "~~)"}
# What makes `[**x**](` a link.
_ADDRESS = re.compile(r"\((?!\*\*|~~|:[a-z_]+:`)|\[(?!\*\*|~~)")
# Slide marks never reach over these.
_BORDERS = frozenset({"cell", "tab_block_open", "tab_block_close"})


@attrs.frozen
class Mark:
    """One half of a pair.

    Attributes:
        text: As written, three characters.
        token: Index of the token that holds it.
        at: Its offset in that token's content.
    """

    text: str
    token: int
    at: int


@attrs.frozen
class Pair:
    """A pair of marks; places are (line, column), from 0."""

    opening: str
    start: tuple[int, int]
    end: tuple[int, int]


def slide(state: StateCore) -> None:
    """Core rule, before ``inline``: take slide marks out of the text.

    A mark without its other half is reported and kept, unless it is bold
    text in brackets.
    """
    pairs: list[tuple[Mark, Mark]] = []
    opened: Mark | None = None
    places = _Places(state)

    borders: dict[int, _Borders] = {}

    def give_up(mark: Mark | None) -> None:
        if mark and not borders[mark.token].is_emphasis(mark):
            line, column = places.of(mark)
            report(state.env, _unpaired(mark, line, column))

    for index, token in enumerate(state.tokens):
        if token.type in _BORDERS:
            give_up(opened)
            opened = None
        if token.type != "inline" or not _QUICK.search(token.content):
            continue
        marks = list(_marks(token.content, index))
        borders[index] = _Borders(token.content, marks)
        for mark in marks:
            if mark.text[0] == mark.text[-1]:
                continue
            if mark.text in _CLOSING:
                give_up(opened)
                opened = mark
            elif opened is None or _CLOSING[opened.text] != mark.text:
                give_up(mark)
            else:
                if not _is_link(opened, mark, token.content):
                    pairs.append((opened, mark))
                opened = None
        if opened and opened.token == index and borders[index].is_emphasis(opened):
            opened = None
    give_up(opened)
    for opening, closing in pairs:
        pair = Pair(opening.text, places.of(opening), places.of(closing))
        state.env.setdefault(SLIDES, []).append(pair)
    _take_out(state, pairs)


def _marks(content: str, token: int) -> Iterator[Mark]:
    """Yield the marks, and plain ``**`` and ``~~``, outside code, formulas and comments."""
    skipped = _Skipped(content)
    at = 0
    while match := _SIGN.search(content, at):
        at = match.end()
        if match["role"]:
            at = skipped.end_of_role(match["role"], at)
        elif match["code"] or match["math"] or match["comment"]:
            at = skipped.end(match[0], at)
        elif name := next((n for n in ("open", "close", "struck", "bare") if match[n]), None):
            yield Mark(match[name], token, match.start(name))


class _Skipped:
    """Finds the ends of code, formulas and comments, each search at most once in vain."""

    def __init__(self, content: str) -> None:
        self.content = content
        self._missing: set[str] = set()

    def end_of_role(self, ticks: str, at: int) -> int:
        """Return where the value of a MyST role ends, which any run of backticks closes."""
        found = self.content.find(ticks, at + 1)
        return found + len(ticks) if found >= 0 else at

    def end(self, sign: str, at: int) -> int:
        """Return where what ``sign`` opens before ``at`` ends; ``at`` if nowhere."""
        if sign in self._missing:
            return at
        if sign == "<!--":
            found = self.content.find("-->", at)
            after = found + 3
        elif sign[0] == "$":
            found = after = -1
            for match in re.compile(r"\\.|\$\$?", re.DOTALL).finditer(self.content, at):
                if match[0][0] == "$" and (sign == "$" or match[0] == "$$"):
                    found, after = match.start(), match.start() + len(sign)
                    break
        else:
            match = re.compile(rf"(?<!`){sign}(?!`)").search(self.content, at)
            found, after = match.span() if match else (-1, -1)
        if found < 0:
            self._missing.add(sign)
            return at
        return after


def _is_link(opening: Mark, closing: Mark, content: str) -> bool:
    """Tell whether the pair is a bold link, or bold text that begins and ends a bracket."""
    after = closing.at + len(closing.text)
    if closing.text[-1] == "]" and _ADDRESS.match(content, after):
        return True
    if opening.token != closing.token:
        return False
    inside = content[opening.at + 3 : closing.at]
    sign = opening.text[1:]
    inner = inside.find(sign)
    # `(**a** and **b**)`: the first sign inside closes.
    return (
        inner > 0
        and not inside[inner - 1].isspace()
        and not inside[inner + 2 : inner + 3].isalnum()
        and inside.count(sign) % 2 == 0
    )


class _Borders:
    """Where in a text bold and struck words may begin first and end last."""

    def __init__(self, content: str, marks: list[Mark]) -> None:
        self._first: dict[str, int] = {}
        self._last: dict[str, int] = {}
        for mark in marks:
            sign = mark.text.strip("[]()")[:2]
            plain = mark.text[0] == mark.text[-1]
            after = mark.at + len(mark.text)
            if (plain or mark.text in _CLOSING) and not content[after : after + 1].isspace():
                self._first.setdefault(sign, mark.at)
            if (plain or mark.text not in _CLOSING) and not content[mark.at - 1].isspace():
                self._last[sign] = mark.at

    def is_emphasis(self, mark: Mark) -> bool:
        """Tell whether ``mark`` is bold or struck text beside a bracket."""
        sign = mark.text.strip("[]()")
        if mark.text in _CLOSING:
            return self._last.get(sign, -1) > mark.at
        return self._first.get(sign, mark.at) < mark.at


def _unpaired(mark: Mark, line: int, column: int) -> Finding:
    if mark.text in _CLOSING:
        message, other = f"the slide mark {mark.text} is never closed", _CLOSING[mark.text]
    else:
        message = f"the slide mark {mark.text} closes nothing"
        other = next(opening for opening, closing in _CLOSING.items() if closing == mark.text)
    return Finding(line, "unclosed-slide-mark", message, f"add {other}, or remove it", column)


class _Places:
    """Where in the file a mark stands."""

    def __init__(self, state: StateCore) -> None:
        self.tokens = state.tokens
        self._source: list[str] | None = None
        self.state = state
        self._contents: dict[int, tuple[int, Lines]] = {}
        self._begins: dict[tuple[int, int], int] = {}

    def of(self, mark: Mark) -> tuple[int, int]:
        """Return line and column of ``mark``."""
        if self._source is None:
            self._source = self.state.src.split("\n")
        token = self.tokens[mark.token]
        first, after = token.map or (0, 0)
        if mark.token not in self._contents:
            # Markdown-it takes whatever Unicode calls blank from a paragraph's
            # head, also whole lines.
            head = token.content.split("\n", 1)[0].strip()
            while first < after - 1 and head not in self._source[first]:
                first += 1
            self._contents[mark.token] = first, Lines(token.content)
        first, lines = self._contents[mark.token]
        number = lines.line_of(mark.at)
        line = min(first + number, max(after - 1, 0))
        source = self._source[line] if line < len(self._source) else ""
        if (mark.token, number) not in self._begins:
            # A line of the content is a piece of the author's line.
            content = lines.content(number)
            indent = len(content) - len(content.lstrip())
            self._begins[mark.token, number] = source.find(content.strip()) - indent
        column = self._begins[mark.token, number] + mark.at - lines.start(number)
        return line, max(0, min(column, len(source)))


def _take_out(state: StateCore, pairs: list[tuple[Mark, Mark]]) -> None:
    """Delete marks, and the text between hidden ones."""
    cuts: dict[int, list[tuple[int, int]]] = {}
    for opening, closing in pairs:
        if "~" not in opening.text:
            cuts.setdefault(opening.token, []).append((opening.at, opening.at + 3))
            cuts.setdefault(closing.token, []).append((closing.at, closing.at + 3))
            continue
        for index in range(opening.token, closing.token + 1):
            token = state.tokens[index]
            if token.type != "inline":
                continue
            start = opening.at if index == opening.token else 0
            end = closing.at + 3 if index == closing.token else len(token.content)
            cuts.setdefault(index, []).append((start, end))
    for index, ranges in cuts.items():
        token = state.tokens[index]
        parts, done = [], 0
        for start, end in ranges:
            parts.append(token.content[done:start])
            done = end
        token.content = "".join([*parts, token.content[done:]]).strip()
    if cuts:
        state.tokens = list(_without_empty(state.tokens, set(cuts)))


def _without_empty(tokens: list[Token], changed: set[int]) -> Iterator[Token]:
    """Yield ``tokens`` without the paragraphs that held slide marks only."""
    dropped = {
        number
        for index in changed
        if not tokens[index].content and tokens[index - 1].type == "paragraph_open"
        for number in (index - 1, index, index + 1)
    }
    return (token for index, token in enumerate(tokens) if index not in dropped)


def slides_in(env: dict[str, Any]) -> list[Pair]:
    """Return the pairs of a chapter."""
    return list(env.get(SLIDES, []))
