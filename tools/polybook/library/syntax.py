"""Python as notebooks hold it: a cell's text to tokens and a syntax tree.

A cell may mix Python with IPython's magics and shell lines. They are no Python, so they are
masked, line by line, before anything else looks at the text; line numbers stay as they were.
"""

from __future__ import annotations

import ast
import re
import sys
import tokenize
import warnings
from collections.abc import Mapping
from functools import lru_cache

import attrs

MAX_DEPTH = 150
"""Deeper trees would exhaust the interpreter's stack in the visitors that walk them."""

MAGIC = re.compile(
    r"""\s*+(?:[%!?]                       # %matplotlib inline, %%time, !ls, ?name
             | [^=#'"]+=\s*[%!]            # files = !ls
             | %{0,2}[\w.*]+\?\??\s*$      # name?, name??
        )""",
    re.VERBOSE,
)


_LONG_STRING = re.compile(r"\"{3}|'{3}|\\\r?\n")
# A cell for all frameworks is read for each of them, and by several readers.
REMEMBERED = 4096


@attrs.frozen
class Code:
    """A cell's text, ready to be parsed.

    Attributes:
        lines: The lines of the text; each magic is replaced by ``pass``.
        magics: The masked lines, from row (counted from 1) to the author's text.
        comments: Row, column (counted from 0, in characters) and text of each comment.
        strings: Rows that begin inside a string which an earlier row opened.
        problem: Why the text could not be split into tokens to its end, or None.
    """

    lines: tuple[str, ...]
    magics: Mapping[int, str]
    comments: tuple[tuple[int, int, str], ...]
    strings: frozenset[int]
    problem: SyntaxError | None

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines)


def split_lines(source: str) -> list[str]:
    """Return the lines of ``source`` as Python counts them: not at form feeds and the like."""
    return source.replace("\r\n", "\n").replace("\r", "\n").split("\n")


_COMMENT_OR_STRING = re.compile(
    r"""(?P<comment>\#[^\n]*)
      | (?P<string>\'\'\'(?:[^\\\']|\\.|\'(?!\'\'))*\'\'\'
                 | \"{3}(?:[^\\\"]|\\.|\"(?!\"\"))*\"{3}
                 | \'(?!\'\')(?:[^\\\'\n]|\\.)*\' | \'\'(?!\')
                 | \"(?!\"\")(?:[^\\\"\n]|\\.)*\" | \"\"(?!\"))
      | (?P<open>[\'\"])
    """,
    re.VERBOSE | re.DOTALL,
)


@lru_cache(REMEMBERED)
def read(source: str) -> Code:
    """Find the comments and strings of ``source``, and mask its magics. Never raises."""
    lines = split_lines(source)
    # Python 3.12 has strings in strings, and reads tokens fast enough.
    if sys.version_info < (3, 12) and not any(map(MAGIC.match, lines)):
        code = _scanned(lines)
        if code is not None:
            return code
    return _tokenized(source)


def _scanned(lines: list[str]) -> Code | None:
    """Return the code of lines without magics; None if a string has no end."""
    text = "\n".join(lines)
    comments: list[tuple[int, int, str]] = []
    strings: set[int] = set()
    row, start = 1, 0  # The row at hand, and where it begins.
    for found in _COMMENT_OR_STRING.finditer(text):
        passed = text.count("\n", start, found.start())
        if passed:
            row, start = row + passed, text.rindex("\n", start, found.start()) + 1
        if found.lastgroup == "comment":
            comments.append((row, found.start() - start, found[0]))
        elif found.lastgroup == "string":
            strings.update(range(row + 1, row + found[0].count("\n") + 1))
        else:
            return None
    return Code(tuple(lines), {}, tuple(comments), frozenset(strings), None)


def _tokenized(source: str) -> Code:
    feed = _Feed(split_lines(source))
    comments = []
    strings: set[int] = set()
    problem: SyntaxError | None = None
    opened: list[int] = []
    try:
        for token in tokenize.generate_tokens(feed.readline):
            feed.note(token)
            kind = tokenize.tok_name[token.type]
            if kind == "COMMENT":
                comments.append((*token.start, token.string))
            elif kind == "STRING":
                strings.update(range(token.start[0] + 1, token.end[0] + 1))
            elif kind == "FSTRING_START":  # Python 3.12 splits f-strings
                opened.append(token.start[0])
            elif kind == "FSTRING_END":
                strings.update(range(opened.pop() + 1, token.end[0] + 1))
    except (tokenize.TokenError, SyntaxError) as error:
        problem = _syntax_error(error)
    return Code(
        tuple(feed.lines + feed.rest()), feed.magics, tuple(comments), frozenset(strings), problem
    )


def without_magics(source: str) -> tuple[str, dict[int, str]]:
    """Return ``source`` with its magics masked, and the masked lines by row from 1."""
    lines = split_lines(source)
    if not any(map(MAGIC.match, lines)):
        return "\n".join(lines), {}
    code = read(source)
    return code.text, code.magics


class _Feed:
    """Hands lines to the tokenizer and masks a magic just before the tokenizer sees it.

    The tokenizer asks for a line only when it has reported every token of the lines before, so at
    that moment it is known whether the line begins a statement or goes on inside a string or a
    bracket, where ``% b`` is an ordinary piece of Python.
    """

    def __init__(self, lines: list[str]) -> None:
        self.source = lines
        self.lines: list[str] = []
        self.magics: dict[int, str] = {}
        self._depth = 0
        self._fresh_after = 0  # the row after which a new statement may begin
        self._continued = False

    def readline(self) -> str:
        row = len(self.lines) + 1
        if row > len(self.source):
            return ""
        line = self.source[row - 1]
        begins = self._fresh_after == row - 1
        if self._continued or (begins and MAGIC.match(line)):
            self.magics[row] = line
            indent = line[: len(line) - len(line.lstrip())]
            masked = "" if self._continued else f"{indent}pass"
            self._continued = line.endswith("\\")
            line = masked
        self.lines.append(line)
        return f"{line}\n"

    def note(self, token: tokenize.TokenInfo) -> None:
        if token.type == tokenize.OP:
            self._depth += (token.string in "([{") - (token.string in ")]}")
        elif token.type in (tokenize.NEWLINE, tokenize.NL) and self._depth <= 0:
            self._fresh_after = token.start[0]

    def rest(self) -> list[str]:
        return self.source[len(self.lines) :]


@lru_cache(REMEMBERED)
def parse(text: str, depth: int = MAX_DEPTH) -> ast.Module:
    """Return the syntax tree of ``text``, which may be ``depth`` levels deep.

    Whoever asks for the same text gets the same tree; nobody changes it.

    Raises:
        SyntaxError: ``text`` is no Python, or nested too deeply to be read; no other exception,
            whatever the text.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError, OverflowError) as error:
        raise _syntax_error(error) from None
    layer: list[ast.AST] = [tree]
    for _ in range(depth):
        layer = [inner for node in layer for inner in children(node)]
        if not layer:
            return tree
    deepest = next((node for node in layer if hasattr(node, "lineno")), None)
    raise SyntaxError("nested too deeply", (None, getattr(deepest, "lineno", 1), 1, None))


def children(node: ast.AST) -> list[ast.AST]:
    """Return what is directly in ``node``, in order, without the contexts of names.

    :func:`ast.iter_child_nodes` gives the same one by one, in three times the time.
    """
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [each for each in value if isinstance(each, ast.AST)]
        elif isinstance(value, ast.AST) and name != "ctx":
            found.append(value)
    return found


def is_same(one: object, other: object) -> bool:
    """Say whether two syntax trees are equal, wherever they stand."""
    if type(one) is not type(other):
        return False
    if isinstance(one, ast.AST):
        return all(
            is_same(getattr(one, name, None), getattr(other, name, None)) for name in one._fields
        )
    if isinstance(one, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return one == other


def check_compiles(code: ast.Module | str) -> None:
    """Raise SyntaxError, and nothing else, when Python would refuse ``code`` as a module."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(code, "<library>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, MemoryError, RecursionError, OverflowError) as error:
        raise _syntax_error(error) from None


def _syntax_error(error: Exception) -> SyntaxError:
    if isinstance(error, SyntaxError):
        return error
    if isinstance(error, tokenize.TokenError):
        message, (row, column) = error.args
        return SyntaxError(message, (None, row, column + 1, None))
    return SyntaxError(str(error) or "too complex", (None, 1, 1, None))


def characters(line: str, offset: int) -> int:
    """Return the column in characters for ``offset`` in UTF-8 bytes, as syntax trees count it."""
    return len(line.encode(errors="surrogatepass")[:offset].decode(errors="replace"))


def first_row(node: ast.stmt) -> int:
    """Return the row on which a statement begins, its decorators included."""
    return min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])


def _rows_in_strings(text: str) -> frozenset[int]:
    """Return the rows of ``text`` that begin inside a string."""
    # Other strings end on their row.
    return read(text).strings if _LONG_STRING.search(text) else frozenset()


def indent(text: str, by: str) -> str:
    """Indent ``text`` by ``by`` without changing the value of any string in it.

    Lines that begin inside a string stay as they are; blank lines stay blank.
    """
    lines = text.split("\n")
    inside = _rows_in_strings(text)
    return "\n".join(
        line if row in inside or not line.strip() else by + line
        for row, line in enumerate(lines, start=1)
    )


def tidy(text: str) -> str:
    """Remove blanks at the ends of lines, except where they are part of a string."""
    lines = text.split("\n")
    inside = _rows_in_strings(text)
    return "\n".join(
        line if row + 1 in inside else line.rstrip() for row, line in enumerate(lines, start=1)
    )
