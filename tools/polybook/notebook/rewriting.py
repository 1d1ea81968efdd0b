"""Calls changed on the syntax tree, written into the author's text span by span."""

from __future__ import annotations

import ast
import bisect
import io
import tokenize
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property

import attrs

from polybook.book.config import Aliases
from polybook.library.syntax import characters, is_same, parse, read

_PRIMARY = (
    ast.Name,
    ast.Attribute,
    ast.Call,
    ast.Subscript,
    ast.Tuple,
    ast.List,
    ast.Dict,
    ast.Set,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
    ast.JoinedStr,
)
"""Expressions behind which a dot may follow."""

Edit = tuple[int, int, str]


def apply(text: str, edits: Iterable[Edit]) -> tuple[str, tuple[int, ...]]:
    """Return ``text`` with its edits made, and the old row of each new line.

    A replacement with as many lines as its span keeps them apart; otherwise all its lines belong
    to the span's first.
    """
    parts: list[str] = []
    rows = [0]
    done = row = 0

    def keep(piece: str) -> None:
        nonlocal row
        parts.append(piece)
        for _ in range(piece.count("\n")):
            row += 1
            rows.append(row)

    for start, end, replacement in sorted(edits):
        keep(text[done:start])
        parts.append(replacement)
        old, new = text.count("\n", start, end), replacement.count("\n")
        rows += [row + number if old == new else row for number in range(1, new + 1)]
        row += old
        done = end
    keep(text[done:])
    return "".join(parts), tuple(rows)


@attrs.define
class _Change:
    """A span and its replacement; a hole in it is a span of the source, changed in turn."""

    start: int
    end: int
    pieces: list[str | tuple[int, int]]


class Rewriting:
    """The ``simple`` and ``fluent`` changes of one text.

    Raises:
        SyntaxError: The text is no Python.
    """

    def __init__(self, source: str, aliases: Aliases, names: Collection[str]) -> None:
        self.source, self.aliases, self.names = source, aliases, names
        self.left: list[tuple[int, str]] = []
        self._simple = {word(name): word(given) for name, given in aliases.simple}
        self._fluent = {word(name): word(given) for name, given in aliases.fluent}
        code = read(source)
        tree = parse(code.text)
        self._lines = source.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._masked = code.text
        self._changes: list[_Change] = []
        self._visit(tree)
        self._changes.sort(key=lambda change: (change.start, -change.end))
        self._heads = [change.start for change in self._changes]

    @property
    def edits(self) -> list[Edit]:
        """The outermost changes with all that is changed inside them."""
        return [
            (each.start, each.end, self._written(each))
            for each in self._outermost(0, len(self.source))
        ]

    @cached_property
    def _signs(self) -> list[tuple[int, str]]:
        """The place of each bracket, comma and comment."""
        tokens = tokenize.generate_tokens(io.StringIO(self._masked).readline)
        return [
            (self._starts[token.start[0] - 1] + token.start[1], token.string)
            for token in tokens
            if token.string in {*"()[]{},"} or token.type == tokenize.COMMENT
        ]

    def _visit(self, node: ast.AST) -> None:
        match node:
            case ast.FormattedValue(value=value, format_spec=spec):
                self._formatted(value)
                if spec is not None:
                    self._visit(spec)
                return
            case ast.Call(func=ast.Attribute(value=holder, attr=name)) if (
                name in self._fluent and name not in self._simple and self._is_library(holder)
            ):
                self._fluent_call(node, name)
            case ast.Attribute(value=holder, attr=name, ctx=ast.Load()) if (
                name in self._simple and self._is_library(holder)
            ):
                start, end = self._span(node)
                target = self._simple[name]
                module = self.aliases.module
                text = f"{module}.{target}" if module else target
                self._changes.append(_Change(start, end, [text]))
        for child in ast.iter_child_nodes(node):
            self._visit(child)

    def _is_library(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node) in self.names

    def _span(self, node: ast.AST) -> tuple[int, int]:
        def offset(row: int, column: int) -> int:
            return self._starts[row - 1] + characters(self._lines[row - 1], column)

        return offset(node.lineno, node.col_offset), offset(node.end_lineno, node.end_col_offset)

    def _formatted(self, value: ast.expr) -> None:
        """Change the expression in a field of an f-string, as a text of its own.

        Up to Python 3.11 an f-string is one token, and places inside it may be wrong.
        """
        try:
            start, end = self._span(value)
            text = self.source[start:end]
            if not is_same(parse(text).body, [ast.Expr(value)]):
                return
            inside = Rewriting(text, self.aliases, self.names)
        except (SyntaxError, IndexError):
            return
        row = bisect.bisect_right(self._starts, start) - 1
        self.left += [(row + each, name) for each, name in inside.left]
        new, _ = apply(text, inside.edits)
        if new != text:
            self._changes.append(_Change(start, end, [new]))

    def _fluent_call(self, call: ast.Call, name: str) -> None:
        start, end = self._span(call)
        if not call.args or isinstance(call.args[0], ast.Starred):
            self.left.append((call.lineno - 1, name))
            return
        first, last = self._span(call.args[0])
        after = self._span(call.func)[1]
        opening = next(at for at, sign in self._signs if at >= after and sign == "(")
        if first == opening:  # the call's own brackets are those of its only argument
            pieces: list[str | tuple[int, int]] = [(first, last), f".{self._fluent[name]}()"]
            self._changes.append(_Change(start, end, pieces))
            return
        wrapped = [at for at, sign in self._signs if opening < at < first and sign == "("]
        comma = end - 1
        for at, sign in self._signs:
            if last <= at < end and sign == ")" and at < end - 1:
                last = at + 1  # the argument's own brackets
            elif last <= at < end and sign == ",":
                comma = at
                break
        first = min([first, *wrapped])
        before = _gap(self.source[opening + 1 : first])
        between = _gap(self.source[last:comma])
        rest = (comma + 1, end - 1)
        pieces = [(first, last), f".{self._fluent[name]}("]
        if not wrapped and self._needs_brackets(call.args[0], self.source[first:last]):
            pieces = ["(", (first, last), f").{self._fluent[name]}("]
        if rest[0] >= rest[1] or not self.source[slice(*rest)].strip():
            pieces += [gap for gap in (before, between) if "#" in gap]
        else:
            # The blank behind the comma has had its use; a line break or a comment stays.
            words = self.source[slice(*rest)]
            blank = len(words) - len(words.lstrip(" \t"))
            if not before and not between and words[blank] not in "#\n":
                rest = (rest[0] + blank, rest[1])
            pieces += [before, between, rest]
        self._changes.append(_Change(start, end, [*pieces, ")"]))

    def _needs_brackets(self, node: ast.expr, text: str) -> bool:
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
        if not isinstance(node, _PRIMARY) and not is_text:
            return True
        if "\n" not in text:
            return False
        try:
            # The brackets of the call held its lines together.
            parse(text)
        except SyntaxError:
            return True
        return False

    def _outermost(self, start: int, end: int) -> Iterator[_Change]:
        """Yield the changes inside a span that lie in no other one of the span."""
        at = bisect.bisect_left(self._heads, start)
        for change in self._changes[at:]:
            if change.start >= end:
                return
            if change.start >= start and change.end <= end:
                yield change
                start = change.end

    def _written(self, change: _Change) -> str:
        text = ""
        for piece in change.pieces:
            if isinstance(piece, str):
                text += piece
                continue
            at, end = piece
            for inner in self._outermost(at, end):
                text += self.source[at : inner.start] + self._written(inner)
                at = inner.end
            text += self.source[at:end]
        return text


def _gap(text: str) -> str:
    """Return what stays of the blanks between a bracket and an argument: comments and lines."""
    return text if text.strip() or "\n" in text else ""


def word(name: str) -> str:
    """Return a configured name without a bracket behind it, as ``exp(`` may have."""
    return name.strip().removesuffix("(")
