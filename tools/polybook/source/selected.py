"""``if tab.selected('a'):`` inside a cell, resolved on the syntax tree.

A framework sees the branches that are its own, moved to the place of their
``if``; everything else of the author's text stays as it is.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate

import attrs

# What only a notebook understands: `%matplotlib inline`, `!pip install x`, `x = !ls`, `help?`.
_MAGIC = re.compile(
    r"^[ \t]*(?:%{1,2}[A-Za-z]|!(?!=)|\?{1,2}\w|[\w.]+\?{1,2}[ \t]*$"
    r"|[\w, ]+=[ \t]*(?:![^=]|%[A-Za-z]))"
)
_CALL = re.compile(r"\btab[ \t]*\.[ \t]*selected\b")
_INDENT = re.compile(rb"[ \t\f]*")
_WORD = re.compile(rb"else\b|elif\b")
_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")


@attrs.frozen
class Name:
    """A framework that a cell's branches name; places count from 0."""

    name: str
    line: int
    column: int


class UnreadableError(Exception):
    """A cell whose branches cannot be resolved; places count from 0."""

    def __init__(self, reason: str, line: int, column: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.line, self.column = reason, line, column


def has_branches(code: str) -> bool:
    """Tell whether ``code`` may hold branches; cheap."""
    return bool(_CALL.search(code))


def names_in(code: str) -> list[Name]:
    """Return the frameworks that the branches of ``code`` name.

    Raises:
        UnreadableError: The code is no Python, or a branch names something else
            than frameworks.
    """
    text = _Text(code)
    found = []
    for call in _calls(_Parsed(code).tree):
        arguments = _arguments(call)
        if arguments is None or call.keywords:
            line, column = text.place(call)
            raise UnreadableError("tab.selected takes names of frameworks in quotes", line, column)
        for argument in arguments:
            found.append(Name(argument.value, *text.place(argument)))
    return found


@lru_cache(maxsize=4096)
def resolve(code: str, framework: str) -> tuple[str, tuple[int, ...]]:
    """Return what ``framework`` sees of ``code``, and the line of each of its lines, from 0.

    Code that cannot be read is returned as it is; :func:`names_in` says why.
    """
    try:
        return _Resolution(code, framework).run()
    except (UnreadableError, RecursionError):
        return code, tuple(range(code.count("\n") + 1))


class _Parsed:
    """A cell's syntax tree.

    Attributes:
        tree: The tree; its places are those of the cell.
        code: What was parsed: the cell, if need be with ``pass`` for each magic.
        continued: The rows, from 1, that go on from a magic above them.
    """

    def __init__(self, code: str) -> None:
        self.code, self.continued = code, frozenset[int]()
        try:
            self.tree = _parse(code)
            return
        except SyntaxError:
            self.code, self.continued = _without_magics(code)
        try:
            self.tree = _parse(self.code)
        except SyntaxError as error:
            reason = f"it is not valid Python: {error.msg}"
            raise UnreadableError(reason, *_first_branch(code)) from None


def _parse(code: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(code)
    except SyntaxError:
        raise
    except (ValueError, RecursionError, MemoryError) as error:
        # Such as a lone surrogate, or a thousand brackets.
        raise SyntaxError(str(error) or "it is nested too deeply") from None


def _first_branch(code: str) -> tuple[int, int]:
    match = _CALL.search(code)
    start = match.start() if match else 0
    line = code.count("\n", 0, start)
    return line, start - (code.rfind("\n", 0, start) + 1)


def _without_magics(code: str) -> tuple[str, frozenset[int]]:
    """Return ``code`` with ``pass`` for each magic, and the rows that magics go on to."""
    lines = code.split("\n")
    rows = set()
    continued = False
    for number, line in enumerate(lines):
        if continued:
            rows.add(number + 1)
            lines[number] = ""
        elif _MAGIC.match(line):
            lines[number] = line[: len(line) - len(line.lstrip())] + "pass"
        else:
            continue
        continued = line.endswith("\\")
    return "\n".join(lines), frozenset(rows)


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_selected(node.func):
            yield node


def _is_selected(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "selected"
        and isinstance(node.value, ast.Name)
        and node.value.id == "tab"
    )


def _arguments(call: ast.Call) -> list[ast.Constant] | None:
    """Return the names in ``call``, one by one or in a list; ``None`` if it has others."""
    found: list[ast.Constant] = []
    for argument in call.args:
        nested = isinstance(argument, ast.List | ast.Tuple | ast.Set)
        for each in argument.elts if nested else [argument]:  # type: ignore[attr-defined]
            if not (isinstance(each, ast.Constant) and isinstance(each.value, str)):
                return None
            found.append(each)
    return found


class _Text:
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


@attrs.frozen(eq=False)
class _Clause:
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


class _Resolution:
    """The edits that one framework's view of one cell needs."""

    def __init__(self, code: str, framework: str) -> None:
        self.code, self.framework = code, framework
        self.text = _Text(code)
        parsed = _Parsed(code)
        self.tree, self.continued = parsed.tree, parsed.continued
        self.inside = _rows_inside_strings(parsed.code)
        # Offsets, and what stands there instead.
        self.edits: list[tuple[int, int, bytes]] = []
        self.kept: dict[int, bool] = {}
        # The row behind each gap -> the first row of the gap.
        self.gaps: dict[int, int] = {}

    def run(self) -> tuple[str, tuple[int, ...]]:
        self.block(self.tree.body)
        for call in _calls(self.tree):
            if (value := self.value(call)) is not None:
                self.replace(call, str(value).encode())
        return self.apply()

    # What remains.

    def value(self, test: ast.expr | None) -> bool | None:
        """Return what ``test`` is for the framework; ``None`` if that is open."""
        if test is None:
            return True
        if isinstance(test, ast.Call) and _is_selected(test.func):
            arguments = _arguments(test)
            if arguments is None or test.keywords:
                return None
            return any(argument.value == self.framework for argument in arguments)
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            value = self.value(test.operand)
            return None if value is None else not value
        if isinstance(test, ast.BoolOp):
            values = [self.value(each) for each in test.values]
            decisive = isinstance(test.op, ast.Or)
            if decisive in values:
                return decisive
            return None if None in values else not decisive
        return None

    def remaining(self, chain: list[_Clause]) -> list[_Clause]:
        """Return the clauses that may still be taken."""
        left = []
        for clause in chain:
            value = self.value(clause.test)
            if value is not False:
                left.append(clause)
            if value:
                break
        return left

    def keeps(self, statement: ast.stmt) -> bool:
        """Tell whether something of ``statement`` remains."""
        if not isinstance(statement, ast.If):
            return True
        known = self.kept.get(id(statement))
        if known is None:
            left = self.remaining(self.chain(statement))
            if left and self.value(left[0].test):
                known = any(self.keeps(each) for each in left[0].body)
            else:
                known = bool(left)
            self.kept[id(statement)] = known
        return known

    # The shape of the text.

    def chain(self, statement: ast.If) -> list[_Clause]:
        """Take an ``if`` with all its further clauses apart."""
        row, column = statement.lineno, statement.col_offset
        keyword, start = b"if", row
        test: ast.expr | None = statement.test
        body, rest = statement.body, statement.orelse
        clauses: list[_Clause] = []
        while True:
            end = self.end(body, statement.col_offset)
            if not rest:
                clauses.append(_Clause(keyword, row, column, start, end, test, body))
                return clauses
            following, next_row = self.header(body)
            next_start = min(end, next_row)
            clauses.append(_Clause(keyword, row, column, start, next_start, test, body))
            keyword, row, start = following, next_row, next_start
            column = len(self.text.indent(row))
            if keyword == b"elif":
                branch = rest[0]
                assert isinstance(branch, ast.If)
                test, body, rest = branch.test, branch.body, branch.orelse
            else:
                test, body, rest = None, rest, []

    def header(self, body: list[ast.stmt]) -> tuple[bytes, int]:
        """Return the keyword of the clause behind ``body``, and its row."""
        row = _last_row(body) + 1
        while row <= len(self.text.rows):
            if match := _WORD.match(self.text.rows[row - 1].lstrip()):
                return match[0], row
            row += 1
        raise UnreadableError("an else has been lost", body[-1].lineno - 1)

    def end(self, body: list[ast.stmt], column: int) -> int:
        """Return the row behind ``body`` and the comments indented like it."""
        end = _last_row(body) + 1
        row = end
        while row <= len(self.text.rows):
            inner = self.text.is_comment(row) and len(self.text.indent(row)) > column
            if inner or row in self.continued:
                end = row + 1
            elif not self.text.is_blank(row):
                break
            row += 1
        return end

    # The edits.

    def block(self, statements: list[ast.stmt], owned: bool = False) -> None:
        """Edit a block; one that is ``owned`` by another statement cannot be empty."""
        if owned and not any(self.keeps(each) for each in statements):
            self.blank_out(statements)
            return
        for statement in statements:
            if isinstance(statement, ast.If):
                self.branch(statement)
            else:
                self.inner_blocks(statement)

    def blank_out(self, statements: list[ast.stmt]) -> None:
        """Put ``pass`` in the place of ``statements``, of which nothing remains."""
        first = statements[0]
        last = self.chain(statements[-1])[-1]  # type: ignore[arg-type]
        begin = self.text.offset(first.lineno, first.col_offset)
        # The end of the last row, in front of its line end.
        self.edits.append((begin, self.text.starts[last.end - 1] - 1, b"pass"))

    def inner_blocks(self, statement: ast.AST) -> None:
        for field in _BODIES:
            inner = getattr(statement, field, None)
            if not isinstance(inner, list) or not inner:
                continue
            if isinstance(inner[0], ast.stmt):
                self.block(inner, owned=True)
            else:
                # Exception handlers and cases.
                for each in inner:
                    self.block(each.body, owned=True)

    def branch(self, statement: ast.If) -> None:
        chain = self.chain(statement)
        if not self.keeps(statement):
            self.remove_rows(chain[0].start, self._with_blanks(chain[0].start, chain[-1].end))
            return
        left = self.remaining(chain)
        certain = self.value(left[0].test)
        staying = set(left[:1] if certain else left)
        for clause in chain:
            if clause not in staying:
                self.remove_rows(clause.start, clause.end)
        if certain:
            self.unwrap(left[0], statement)
        else:
            self.keep(left)

    def keep(self, left: list[_Clause]) -> None:
        """Keep clauses whose conditions are open, in a form that begins with ``if``."""
        for number, clause in enumerate(left):
            begin = self.text.offset(clause.row, clause.column)
            if number == 0 and clause.keyword == b"elif":
                self.edits.append((begin, begin + 2, b""))
            elif clause.test is not None and self.value(clause.test):
                colon = self.colon(clause)
                self.edits.append((begin, colon, b"else"))
            self.block(clause.body, owned=True)

    def colon(self, clause: _Clause) -> int:
        """Return where the colon behind the condition of ``clause`` stands."""
        assert clause.test is not None
        test = clause.test
        after = self.text.offset(test.end_lineno or 1, test.end_col_offset or 0)
        return self.text.data.index(b":", after)

    def unwrap(self, clause: _Clause, statement: ast.If) -> None:
        """Put the body of ``clause`` in the place of the whole ``statement``."""
        first = _first_row(clause.body[0])
        outer = self.text.indent(statement.lineno)
        head = self.text.offset(clause.row, clause.column)
        if clause.body[0].col_offset > len(self.text.indent(first)) or first == clause.row:
            # On the line of its condition.
            begin = self.text.offset(first, clause.body[0].col_offset)
            self.edits.append((head, begin, b""))
        else:
            inner = self.text.indent(first)
            body = self._first_after_header(clause, first)
            self.remove_rows(clause.row, body)
            for row in range(body, clause.end):
                self.dedent(row, outer, inner)
        self.block(clause.body)

    def _first_after_header(self, clause: _Clause, first: int) -> int:
        """Return the row where the body begins: with the comments that stand above it."""
        row = first
        while row - 1 > clause.row and (
            self.text.is_comment(row - 1) or self.text.is_blank(row - 1)
        ):
            row -= 1
        # Comments that belong to a condition of several lines do not count.
        last = clause.test.end_lineno if clause.test is not None else clause.row
        row = max(row, (last or clause.row) + 1)
        while row < first and self.text.is_blank(row):
            row += 1
        return row

    def dedent(self, row: int, outer: bytes, inner: bytes) -> None:
        if row in self.inside:
            return
        indent = self.text.indent(row)
        width = len(inner) if indent.startswith(inner) else min(len(indent), len(inner))
        if width > len(outer):
            start = self.text.starts[row - 1]
            self.edits.append((start + len(outer), start + width, b""))

    def remove_rows(self, first: int, after: int) -> None:
        self.gaps[after] = self.gaps.get(first, first)
        self.edits.append((self.text.starts[first - 1], self.text.starts[after - 1], b""))

    def _with_blanks(self, first: int, after: int) -> int:
        """Return ``after``, behind the blank rows that would follow other blank rows."""
        before = self.gaps.get(first, first) - 1
        if before > 0 and not self.text.is_blank(before):
            return after
        while after <= len(self.text.rows) and self.text.is_blank(after):
            after += 1
        return after

    def replace(self, node: ast.expr, replacement: bytes) -> None:
        start = self.text.offset(node.lineno, node.col_offset)
        end = self.text.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
        self.edits.append((start, end, replacement))

    def apply(self) -> tuple[str, tuple[int, ...]]:
        """Return the edited text and the line of each of its lines, from 0."""
        data, starts = self.text.data, self.text.starts
        pieces: list[tuple[int, bytes]] = []
        done = 0
        for start, end, replacement in sorted(self.edits, key=lambda edit: (edit[0], -edit[1])):
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
            numbers.append(len(self.text.rows) - 1)
        text = b"".join(piece for _, piece in pieces).decode("utf-8", "surrogatepass")
        return text, tuple(numbers)


def _first_row(statement: ast.stmt) -> int:
    decorators = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _last_row(body: list[ast.stmt]) -> int:
    return body[-1].end_lineno or body[-1].lineno


def _rows_inside_strings(code: str) -> frozenset[int]:
    """Return the rows, from 1, that begin inside a string, where blanks mean something."""
    inside: set[int] = set()
    opened: list[int] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            kind = tokenize.tok_name[token.type]
            if kind == "STRING":
                inside.update(range(token.start[0] + 1, token.end[0] + 1))
            elif kind == "FSTRING_START":
                opened.append(token.start[0])
            elif kind == "FSTRING_END":
                inside.update(range(opened.pop() + 1, token.end[0] + 1))
    except (tokenize.TokenError, SyntaxError, IndexError):
        pass  # The parser has read it; this reader is a stricter one.
    return frozenset(inside)
