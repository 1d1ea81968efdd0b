"""A cell as Python reads it: its syntax tree, in spite of magics."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from functools import lru_cache

# What only a notebook understands: `%matplotlib inline`, `!pip install x`, `x = !ls`, `help?`.
_MAGIC = re.compile(
    r"^[ \t]*(?:%{1,2}[A-Za-z]|!(?!=)|\?{1,2}\w|[\w.]+\?{1,2}[ \t]*$"
    r"|[\w, ]+=[ \t]*(?:![^=]|%[A-Za-z]))"
)
_LONG_STRING = re.compile(r"\'\'\'|\"\"\"|\\\n")
# As many cells as one chapter has, for each framework asks in turn.
_REMEMBERED = 256
SELECTED = re.compile(r"\btab[ \t]*\.[ \t]*selected\b")


class UnreadableError(Exception):
    """A cell whose branches cannot be resolved; places count from 0."""

    def __init__(self, reason: str, line: int, column: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.line, self.column = reason, line, column


class Parsed:
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


@lru_cache(_REMEMBERED)
def parsed(code: str) -> Parsed:
    """Return the tree of ``code``, the same for each framework; nobody changes it.

    Raises:
        UnreadableError: The code is no Python.
    """
    return Parsed(code)


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
    match = SELECTED.search(code)
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


@lru_cache(_REMEMBERED)
def rows_inside_strings(code: str) -> frozenset[int]:
    """Return the rows, from 1, that begin inside a string, where blanks mean something."""
    if not _LONG_STRING.search(code):
        return frozenset()  # Other strings end on their row.
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
