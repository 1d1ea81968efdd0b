"""Positions in a text: lines, columns and character offsets."""

from __future__ import annotations

import re
from bisect import bisect_right

import attrs

# markdown-it-py counts lines by exactly these ends; anything else (such as a
# form feed) stays inside a line, as CommonMark has it.
_LINE_END = re.compile(r"\r\n?|\n")


@attrs.frozen
class Span:
    """A half-open range ``[start, end)`` of character offsets in a text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the part of ``text`` that the span covers."""
        return text[self.start : self.end]

    def __contains__(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end


class Lines:
    """The lines of a text; line numbers count from 0, as in markdown-it."""

    def __init__(self, text: str) -> None:
        self.text = text
        ends = list(_LINE_END.finditer(text))
        self._starts = [0, *(end.end() for end in ends)]
        self._ends = [*(end.start() for end in ends), len(text)]
        if self._starts[-1] == len(text) and ends:
            # A final line end does not begin another line.
            self._starts.pop()
            self._ends.pop()

    def __len__(self) -> int:
        return len(self._starts)

    def start(self, line: int) -> int:
        """Return the offset where ``line`` begins; the text's end past the last line."""
        return self._starts[line] if line < len(self._starts) else len(self.text)

    def content(self, line: int) -> str:
        """Return ``line`` without its line end; empty past the last line."""
        if line >= len(self._starts):
            return ""
        return self.text[self._starts[line] : self._ends[line]]

    def span(self, first: int, after: int) -> Span:
        """Return the span of the lines ``first`` up to but without ``after``."""
        return Span(self.start(first), self.start(after))

    def line_of(self, offset: int) -> int:
        """Return the line that holds the character at ``offset``."""
        return max(bisect_right(self._starts, offset) - 1, 0)

    def column_of(self, offset: int) -> int:
        """Return the column of ``offset`` in its line, from 0."""
        return offset - self._starts[self.line_of(offset)]
