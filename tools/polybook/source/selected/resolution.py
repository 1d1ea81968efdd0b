"""The edits that turn a cell into what a framework sees of it."""

from __future__ import annotations

import ast

from polybook.source.selected.branch import Branches, Clause
from polybook.source.selected.code import parsed, rows_inside_strings
from polybook.source.selected.condition import calls, truth
from polybook.source.selected.text import Edit, Text, edited

_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")


class Resolution:
    """One framework's view of one cell.

    Raises:
        UnreadableError: The code is no Python.
    """

    def __init__(self, code: str, framework: str) -> None:
        read = parsed(code)
        self._framework = framework
        self._text = Text(code)
        self._tree = read.tree
        self._branches = Branches(self._text, read.continued, framework)
        self._inside = rows_inside_strings(read.code)
        self._edits: list[Edit] = []
        # The row behind each gap -> the first row of the gap.
        self._gaps: dict[int, int] = {}

    def run(self) -> tuple[str, tuple[int, ...]]:
        """Return the code that remains, and the line of each of its lines, from 0."""
        self._block(self._tree.body)
        for call in calls(self._tree):
            if (value := truth(call, self._framework)) is not None:
                self._replace(call, str(value).encode())
        return edited(self._text, self._edits)

    def _block(self, statements: list[ast.stmt], owned: bool = False) -> None:
        """Edit a block; one that is ``owned`` by another statement cannot be empty."""
        if owned and not any(self._branches.keeps(each) for each in statements):
            self._blank_out(statements)
            return
        for statement in statements:
            if isinstance(statement, ast.If):
                self._branch(statement)
            else:
                self._inner_blocks(statement)

    def _blank_out(self, statements: list[ast.stmt]) -> None:
        """Put ``pass`` in the place of ``statements``, of which nothing remains."""
        first = statements[0]
        last = self._branches.chain(statements[-1])[-1]  # type: ignore[arg-type]
        begin = self._text.offset(first.lineno, first.col_offset)
        # The end of the last row, in front of its line end.
        self._edits.append((begin, self._text.starts[last.end - 1] - 1, b"pass"))

    def _inner_blocks(self, statement: ast.AST) -> None:
        for field in _BODIES:
            inner = getattr(statement, field, None)
            if not isinstance(inner, list) or not inner:
                continue
            if isinstance(inner[0], ast.stmt):
                self._block(inner, owned=True)
            else:
                # Exception handlers and cases.
                for each in inner:
                    self._block(each.body, owned=True)

    def _branch(self, statement: ast.If) -> None:
        chain = self._branches.chain(statement)
        if not self._branches.keeps(statement):
            self._remove_rows(chain[0].start, self._with_blanks(chain[0].start, chain[-1].end))
            return
        left = self._branches.remaining(chain)
        certain = self._branches.value(left[0])
        staying = set(left[:1] if certain else left)
        for clause in chain:
            if clause not in staying:
                self._remove_rows(clause.start, clause.end)
        if certain:
            self._unwrap(left[0], statement)
        else:
            self._keep(left)

    def _keep(self, left: list[Clause]) -> None:
        """Keep clauses whose conditions are open, in a form that begins with ``if``."""
        for number, clause in enumerate(left):
            begin = self._text.offset(clause.row, clause.column)
            if number == 0 and clause.keyword == b"elif":
                self._edits.append((begin, begin + 2, b""))
            elif clause.test is not None and self._branches.value(clause):
                colon = self._colon(clause)
                self._edits.append((begin, colon, b"else"))
            self._block(clause.body, owned=True)

    def _colon(self, clause: Clause) -> int:
        """Return where the colon behind the condition of ``clause`` stands."""
        assert clause.test is not None
        test = clause.test
        after = self._text.offset(test.end_lineno or 1, test.end_col_offset or 0)
        return self._text.data.index(b":", after)

    def _unwrap(self, clause: Clause, statement: ast.If) -> None:
        """Put the body of ``clause`` in the place of the whole ``statement``."""
        first = _first_row(clause.body[0])
        outer = self._text.indent(statement.lineno)
        head = self._text.offset(clause.row, clause.column)
        if clause.body[0].col_offset > len(self._text.indent(first)) or first == clause.row:
            # On the line of its condition.
            begin = self._text.offset(first, clause.body[0].col_offset)
            self._edits.append((head, begin, b""))
        else:
            inner = self._text.indent(first)
            body = self._first_after_header(clause, first)
            self._remove_rows(clause.row, body)
            for row in range(body, clause.end):
                self._dedent(row, outer, inner)
        self._block(clause.body)

    def _first_after_header(self, clause: Clause, first: int) -> int:
        """Return the row where the body begins: with the comments that stand above it."""
        row = first
        while row - 1 > clause.row and (
            self._text.is_comment(row - 1) or self._text.is_blank(row - 1)
        ):
            row -= 1
        # Comments that belong to a condition of several lines do not count.
        last = clause.test.end_lineno if clause.test is not None else clause.row
        row = max(row, (last or clause.row) + 1)
        while row < first and self._text.is_blank(row):
            row += 1
        return row

    def _dedent(self, row: int, outer: bytes, inner: bytes) -> None:
        if row in self._inside:
            return
        indent = self._text.indent(row)
        width = len(inner) if indent.startswith(inner) else min(len(indent), len(inner))
        if width > len(outer):
            start = self._text.starts[row - 1]
            self._edits.append((start + len(outer), start + width, b""))

    def _remove_rows(self, first: int, after: int) -> None:
        self._gaps[after] = self._gaps.get(first, first)
        self._edits.append((self._text.starts[first - 1], self._text.starts[after - 1], b""))

    def _with_blanks(self, first: int, after: int) -> int:
        """Return ``after``, behind the blank rows that would follow other blank rows."""
        before = self._gaps.get(first, first) - 1
        if before > 0 and not self._text.is_blank(before):
            return after
        while after <= len(self._text.rows) and self._text.is_blank(after):
            after += 1
        return after

    def _replace(self, node: ast.expr, replacement: bytes) -> None:
        start = self._text.offset(node.lineno, node.col_offset)
        end = self._text.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
        self._edits.append((start, end, replacement))


def _first_row(statement: ast.stmt) -> int:
    decorators = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])
