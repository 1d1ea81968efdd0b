"""Which statements of a cell go into the library: those that its ``#@save`` marks name."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from functools import lru_cache

import attrs

from polybook.library.syntax import (
    REMEMBERED,
    Code,
    characters,
    check_compiles,
    first_row,
    is_same,
    parse,
    read,
    split_lines,
)
from polybook.source.diagnostic import Diagnostic

MARK = re.compile(r"#[ \t]*@save(?!\w)")


@attrs.frozen
class SavedCell:
    """One marked cell as one framework sees it; a library is made from them in book order.

    Attributes:
        path: Chapter file, relative to the book's folder, with ``/``.
        label: Label of the innermost labelled section around the cell, such as ``sec_code``.
        source: The cell's code for this framework, without pragma lines, with its marks.
        lines: The chapter's line, counted from 1, of each line of ``source``.
    """

    path: str
    label: str | None
    source: str
    lines: tuple[int, ...]

    def line(self, row: int) -> int:
        """Return the chapter's line of row ``row`` of the source, counted from 1."""
        return self.lines[min(max(row, 1), len(self.lines)) - 1] if self.lines else 1

    def problem(
        self, row: int, column: int, code: str, message: str, suggestion: str = ""
    ) -> Diagnostic:
        """Return an error at row ``row`` and column ``column`` of the source, both from 1."""
        return Diagnostic(self.path, self.line(row), max(column, 1), code, message, suggestion)


@attrs.frozen
class SavedStatement:
    """A statement that goes into the library.

    Attributes:
        cell: The cell it stands in.
        node: Its syntax tree; positions are rows and columns of the cell's source.
        text: The author's text of it, at column 0, without marks.
        comments: Comment lines that stand directly above it in the saved region.
    """

    cell: SavedCell
    node: ast.stmt
    text: str
    comments: tuple[str, ...] = ()

    @property
    def line(self) -> int:
        """The chapter's line of it; for a decorated definition, the line of its name."""
        return self.cell.line(self.node.lineno)

    @property
    def origin(self) -> str:
        """The place in the book, as a comment names it: no lines, prose may move them."""
        parts = [self.cell.path, f"({self.cell.label})" if self.cell.label else ""]
        return " ".join(" ".join(parts).split())

    def problem(
        self, at: ast.AST | None, code: str, message: str, suggestion: str = ""
    ) -> Diagnostic:
        """Return an error at the node ``at`` of the cell, by default at the statement itself."""
        spot = at if hasattr(at, "lineno") else self.node
        line = split_lines(self.cell.source)[spot.lineno - 1]
        column = characters(line, spot.col_offset) + 1
        return self.cell.problem(spot.lineno, column, code, message, suggestion)


def every_statement(cell: SavedCell) -> tuple[list[SavedStatement], list[Diagnostic]]:
    """Return all statements of ``cell`` that can stand in a library, and what is wrong with it.

    The comment lines in column 0 above a statement belong to it.
    """
    return _select(cell, *_read(cell), _Selection.every)


# A cell for all frameworks goes into the library of each. Nobody changes what is returned.
@lru_cache(REMEMBERED)
def saved_statements(cell: SavedCell) -> tuple[list[SavedStatement], list[Diagnostic]]:
    """Return the statements of ``cell`` that are saved, in order, and what is wrong with it.

    A mark saves the statement on whose line it stands, if any, and the statements that begin in
    column 0 directly below. The run ends at the first statement or comment in column 0 that
    follows an indented or an empty line; a statement is never cut, whatever its lines look like.
    """
    code, marks = _read(cell)
    if not marks and not (code.problem and MARK.search(cell.source)):
        return [], []
    return _select(cell, code, marks, _Selection.marked)


def _read(cell: SavedCell) -> tuple[Code, list[tuple[int, int]]]:
    """Return the code of ``cell``, and row and column of each mark in it."""
    code = read(cell.source)
    marks = [
        (row, column + found.start())
        for row, column, comment in code.comments
        if (found := MARK.search(comment))
    ]
    return code, marks


def _select(
    cell: SavedCell,
    code: Code,
    marks: list[tuple[int, int]],
    take: Callable[[_Selection], tuple[list[SavedStatement], list[Diagnostic]]],
) -> tuple[list[SavedStatement], list[Diagnostic]]:
    """Return what ``take`` takes of ``cell``; nothing if its code is no Python."""
    try:
        body = parse(code.text).body
        if code.problem:
            raise code.problem
    except SyntaxError as error:
        return [], [_invalid(cell, error)]
    return take(_Selection(cell, code, body, marks))


def _invalid(cell: SavedCell, error: SyntaxError) -> Diagnostic:
    message = f"the saved code is not valid Python: {error.msg}"
    return cell.problem(error.lineno or 1, error.offset or 1, "invalid-python", message)


class _Selection:
    """The saved statements of one cell that parses."""

    def __init__(
        self, cell: SavedCell, code: Code, body: list[ast.stmt], marks: list[tuple[int, int]]
    ) -> None:
        self.cell, self.code, self.body, self.marks = cell, code, body, marks
        self.cut = dict(reversed(marks))
        self.taken: dict[int, list[str]] = {}
        self.starts: dict[int, list[int]] = {}
        for index, node in enumerate(body):
            self.starts.setdefault(first_row(node), []).append(index)
        self.diagnostics: list[Diagnostic] = []

    def marked(self) -> tuple[list[SavedStatement], list[Diagnostic]]:
        """Take the statements that the marks name."""
        misplaced = []
        for mark in self.marks:
            holders = [
                index
                for index, node in enumerate(self.body)
                if first_row(node) <= mark[0] <= (node.end_lineno or node.lineno)
            ]
            if holders and mark[0] > _header_end(self.body[holders[-1]]):
                misplaced.append((mark, holders))
            else:
                self._mark(mark, holders)
        for (row, column), holders in misplaced:
            if not self.taken.keys() >= set(holders):
                self._report_misplaced(row, column)
                self.taken.update({index: [] for index in holders if index not in self.taken})
        return self._statements()

    def every(self) -> tuple[list[SavedStatement], list[Diagnostic]]:
        """Take all statements, whatever is marked."""
        end = 0
        for index, node in enumerate(self.body):
            above = [self._line(row) for row in range(end + 1, first_row(node))]
            self.taken[index] = [line.rstrip() for line in above if line.startswith("#")]
            end = node.end_lineno or node.lineno
        return self._statements()

    def _statements(self) -> tuple[list[SavedStatement], list[Diagnostic]]:
        statements = [
            saved
            for index, comments in sorted(self.taken.items())
            if (saved := self._statement(index, comments))
        ]
        return statements, self.diagnostics

    def _report_misplaced(self, row: int, column: int) -> None:
        self.diagnostics.append(
            self.cell.problem(
                row,
                column + 1,
                "misplaced-save",
                "the save mark stands inside a statement, which is saved as a whole",
                "put the mark on the statement's first line",
            )
        )

    def _mark(self, mark: tuple[int, int], holders: list[int]) -> None:
        """Take the statements of one mark: ``holders`` on its own line, and the run below."""
        for index in holders:
            self.taken.setdefault(index, [])
        row, flush = mark[0] + 1, True  # flush: every line so far is filled and in column 0
        if holders:
            end = self._end(holders)
            flush = self._is_flush(row, end)
            row = end + 1
        comments: list[str] = []
        found = bool(holders)
        while row <= len(self.code.lines):
            line = self._line(row)
            if not line.strip() or line[0].isspace():
                # A line that held nothing but another mark is no gap.
                flush = flush and row in self.cut
                comments.clear()
            elif not flush:
                break
            elif row in self.starts:
                indices = self.starts[row]
                for index in indices:
                    self.taken[index] = self.taken.get(index) or comments
                comments, found = [], True
                end = self._end(indices)
                flush = self._is_flush(row + 1, end)
                row = end
            else:
                comments.append(line.rstrip())
            row += 1
        if not found:
            self.diagnostics.append(
                attrs.evolve(
                    self.cell.problem(
                        mark[0],
                        mark[1] + 1,
                        "empty-save",
                        "the save mark has no statement on its line or directly below",
                        "put it on the line above the code to save, without a blank line between",
                    ),
                    severity="warning",
                )
            )

    def _end(self, indices: list[int]) -> int:
        """Return the last row of these statements and of those that begin on that row."""
        while True:
            end = max(self.body[index].end_lineno or 0 for index in indices)
            indices = [index for index in self.starts.get(end, ()) if index not in self.taken]
            if not indices:
                return end
            self.taken.update({index: [] for index in indices})

    def _is_flush(self, start: int, end: int) -> bool:
        rows = range(start, end + 1)
        return all((line := self._line(row)) and not line[0].isspace() for row in rows)

    def _line(self, row: int) -> str:
        """Return a line of the code without the mark on it."""
        line = self.code.lines[row - 1]
        return line[: self.cut[row]].rstrip() if row in self.cut else line

    def _statement(self, index: int, comments: list[str]) -> SavedStatement | None:
        """Return one chosen statement, or None when it cannot stand in a library."""
        node = self.body[index]
        start, end = first_row(node), node.end_lineno or node.lineno
        for row in range(start, end + 1):
            if row in self.code.magics:
                magic = self.code.magics[row]
                self.diagnostics.append(
                    self.cell.problem(
                        row,
                        len(magic) - len(magic.lstrip()) + 1,
                        "magic-in-library",
                        f"`{magic.strip()}` is no Python and cannot go into the library",
                        "move it out of the saved code",
                    )
                )
        if start in self.code.magics:
            return None
        text = self._text(index, start, end)
        try:
            check_compiles(ast.Module([node], []))
            if not is_same(parse(text).body, [node]):
                raise SyntaxError("it is entangled with its neighbours")
        except SyntaxError as error:
            row = max(error.lineno or start, start)
            # The compiler counts bytes, as the tree does.
            column = characters(self.code.lines[row - 1], (error.offset or 1) - 1) + 1
            where = SyntaxError(error.msg, (None, row, column, None))
            self.diagnostics.append(_invalid(self.cell, where))
            return None
        return SavedStatement(self.cell, node, text, tuple(comments))

    def _text(self, index: int, start: int, end: int) -> str:
        """Return the author's text of a statement, with the comments that end it."""
        node = self.body[index]
        begin = 0
        if start == node.lineno:
            begin = characters(self.code.lines[start - 1], node.col_offset)
        stop = characters(self.code.lines[end - 1], node.end_col_offset or 0)
        lines = [self._line(row) for row in range(start, end + 1)]
        tail = lines[-1][stop:]
        lines[-1] = lines[-1][:stop]
        if tail.lstrip().startswith("#"):
            lines[-1] += tail
        lines[0] = lines[0][begin:]
        kept = [line for row, line in enumerate(lines, start=start) if line or row not in self.cut]
        for row in range(end + 1, len(self.code.lines) + 1):
            comment = self._line(row)
            if not comment[:1].isspace() or not comment.lstrip().startswith("#"):
                break
            kept.append(comment.rstrip())
        return "\n".join(kept)


def _header_end(node: ast.stmt) -> int:
    """Return the last row of ``node`` on which a mark means the statement as a whole."""
    body = getattr(node, "body", None) or getattr(node, "cases", None)
    if not body:
        return node.end_lineno or node.lineno
    first = body[0]
    row = getattr(first, "lineno", None) or first.pattern.lineno
    if isinstance(first, ast.stmt):
        row = first_row(first)
    return max(node.lineno, row - 1)
