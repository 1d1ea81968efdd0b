"""The text of a cell, found by the places of a syntax tree, and cut."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

_INDENT = re.compile(rb"[ \t\f]*")

# Where it begins, where it ends, in bytes, and what stands there instead.
Edit = tuple[int, int, bytes]


class Text:
    """Code as bytes, which is how syntax trees count columns."""

    def __init__(self, code: str) -> None:
        self.data = code.encode("utf-8", "surrogatepass")
        self.rows = self.data.split(b"\n")
        self.starts = [0, *accumulate(len(row) + 1 for row in self.rows)]
        # For each row a column in bytes and in characters, to count on from.
        self._counted: dict[int, tuple[int, int]] = {}

    def offset(self, row: int, column: int) -> int:
        """Return the offset of a place in a tree; its rows count from 1."""
        return self.starts[row - 1] + column

    def place(self, node: ast.expr) -> tuple[int, int]:
        """Return line and column of ``node`` in characters, from 0."""
        line, column = node.lineno - 1, node.col_offset
        done, characters = self._counted.get(line, (0, 0))
        if column < done:
            done, characters = 0, 0
        characters += len(self.rows[line][done:column].decode("utf-8", "replace"))
        self._counted[line] = column, characters
        return line, characters

    def indent(self, row: int) -> bytes:
        """Return the blanks before the text of ``row``, counted from 1."""
        match = _INDENT.match(self.rows[row - 1])
        return match[0] if match else b""

    def is_blank(self, row: int) -> bool:
        """Tell whether ``row`` holds blanks at most."""
        return not self.rows[row - 1].strip()

    def is_comment(self, row: int) -> bool:
        """Tell whether ``row`` holds a comment alone."""
        return self.rows[row - 1].lstrip().startswith(b"#")


def edited(text: Text, edits: Iterable[Edit]) -> tuple[str, tuple[int, ...]]:
    """Return ``text`` with ``edits`` made, and the line of each of its lines, from 0.

    An edit inside what another one takes away counts for nothing.
    """
    data, starts = text.data, text.starts
    pieces: list[tuple[int, bytes]] = []
    done = 0
    for start, end, replacement in sorted(edits, key=lambda edit: (edit[0], -edit[1])):
        if start < done:
            continue  # Inside what has gone.
        pieces += [(done, data[done:start]), (start, replacement)]
        done = end
    pieces.append((done, data[done:]))
    numbers: list[int] = []
    begins, blank = True, True
    for at, piece in pieces:
        done = 0
        while done < len(piece):
            line_end = piece.find(b"\n", done)
            after = line_end + 1 if line_end >= 0 else len(piece)
            row = bisect_right(starts, at + done) - 1
            if begins:
                numbers.append(row)
                blank = True
            # A line is where its first sign stands, not the blanks before it.
            if blank and piece[done:after].strip():
                numbers[-1], blank = row, False
            begins, done = line_end >= 0, after
    if begins:
        numbers.append(len(text.rows) - 1)
    code = b"".join(piece for _, piece in pieces).decode("utf-8", "surrogatepass")
    return code, tuple(numbers)
