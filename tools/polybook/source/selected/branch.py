"""The clauses of an ``if`` in a cell, and which of them a framework may take."""

from __future__ import annotations

import ast
import re

import attrs

from polybook.source.selected.code import UnreadableError
from polybook.source.selected.condition import truth
from polybook.source.selected.text import Text

_WORD = re.compile(rb"else\b|elif\b")


@attrs.frozen(eq=False)
class Clause:
    """One ``if``, ``elif`` or ``else`` with its body.

    Attributes:
        keyword: Which of them.
        row: Its line, from 1.
        column: Its column in bytes.
        start: Where it begins with the comments that belong to it.
        end: The line behind it.
        test: Its condition; ``None`` for ``else``.
        body: Its statements.
    """

    keyword: bytes
    row: int
    column: int
    start: int
    end: int
    test: ast.expr | None
    body: list[ast.stmt]


class Branches:
    """The branches of one cell, as one framework takes them.

    Args:
        text: The cell.
        continued: The rows, from 1, that go on from a magic above them.
        framework: Who takes them.
    """

    def __init__(self, text: Text, continued: frozenset[int], framework: str) -> None:
        self._text, self._continued, self._framework = text, continued, framework
        self._kept: dict[int, bool] = {}

    def value(self, clause: Clause) -> bool | None:
        """Return what the condition of ``clause`` is; ``None`` if that is open."""
        return truth(clause.test, self._framework)

    def remaining(self, chain: list[Clause]) -> list[Clause]:
        """Return the clauses that may still be taken."""
        left = []
        for clause in chain:
            value = self.value(clause)
            if value is not False:
                left.append(clause)
            if value:
                break
        return left

    def keeps(self, statement: ast.stmt) -> bool:
        """Tell whether something of ``statement`` remains."""
        if not isinstance(statement, ast.If):
            return True
        known = self._kept.get(id(statement))
        if known is None:
            left = self.remaining(self.chain(statement))
            if left and self.value(left[0]):
                known = any(self.keeps(each) for each in left[0].body)
            else:
                known = bool(left)
            self._kept[id(statement)] = known
        return known

    def chain(self, statement: ast.If) -> list[Clause]:
        """Take an ``if`` with all its further clauses apart."""
        row, column = statement.lineno, statement.col_offset
        keyword, start = b"if", row
        test: ast.expr | None = statement.test
        body, rest = statement.body, statement.orelse
        clauses: list[Clause] = []
        while True:
            end = self._end(body, statement.col_offset)
            if not rest:
                clauses.append(Clause(keyword, row, column, start, end, test, body))
                return clauses
            following, next_row = self._header(body)
            next_start = min(end, next_row)
            clauses.append(Clause(keyword, row, column, start, next_start, test, body))
            keyword, row, start = following, next_row, next_start
            column = len(self._text.indent(row))
            if keyword == b"elif":
                branch = rest[0]
                assert isinstance(branch, ast.If)
                test, body, rest = branch.test, branch.body, branch.orelse
            else:
                test, body, rest = None, rest, []

    def _header(self, body: list[ast.stmt]) -> tuple[bytes, int]:
        """Return the keyword of the clause behind ``body``, and its row."""
        row = _last_row(body) + 1
        while row <= len(self._text.rows):
            if match := _WORD.match(self._text.rows[row - 1].lstrip()):
                return match[0], row
            row += 1
        raise UnreadableError("an else has been lost", body[-1].lineno - 1)

    def _end(self, body: list[ast.stmt], column: int) -> int:
        """Return the row behind ``body`` and the comments indented like it."""
        end = _last_row(body) + 1
        row = end
        while row <= len(self._text.rows):
            inner = self._text.is_comment(row) and len(self._text.indent(row)) > column
            if inner or row in self._continued:
                end = row + 1
            elif not self._text.is_blank(row):
                break
            row += 1
        return end


def _last_row(body: list[ast.stmt]) -> int:
    return body[-1].end_lineno or body[-1].lineno
