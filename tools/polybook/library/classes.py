"""A class as text into which methods from later cells are put."""

from __future__ import annotations

import ast

import attrs

from polybook.library.syntax import characters, first_row, indent, parse


@attrs.define
class _Part:
    """A piece of a class: a statement of its body with its name, or what lies between."""

    name: str | None
    text: str


class ClassText:
    """The author's text of a class; methods can be added.

    Raises:
        SyntaxError: The text is not a class definition.
    """

    def __init__(self, text: str) -> None:
        self._margin = "    "
        node = parse(text).body[0]
        lines = text.split("\n")
        if not isinstance(node, ast.ClassDef):
            raise SyntaxError("not a class")
        body = node.body
        if _shares_header(node, lines):
            text = self._unfold(lines, body[0])
            lines = text.split("\n")
            body = parse(text).body[0].body
        start = lines[body[0].lineno - 1]
        self._margin = start[: len(start) - len(start.lstrip())]
        self._parts = self._split(lines, body)

    @property
    def text(self) -> str:
        """The class with its methods."""
        return "\n".join(part.text for part in self._parts)

    def put(self, name: str, text: str, comment: str) -> None:
        """Put the function ``name``, given as ``text`` at column 0, into the class.

        It replaces the last statement of the body that binds the same name, in its place, or
        goes to the end. ``comment`` lines stand above it.
        """
        method = indent(f"{comment}\n{text}", self._margin)
        for part in reversed(self._parts):
            if part.name == name:
                part.text = method
                return
        self._parts += [_Part(None, ""), _Part(name, method)]

    def _unfold(self, lines: list[str], first: ast.stmt) -> str:
        """Give the body of ``class A: pass`` its own lines."""
        column = characters(lines[first.lineno - 1], first.col_offset)
        head, rest = lines[first.lineno - 1][:column], lines[first.lineno - 1][column:]
        return "\n".join(
            [
                *lines[: first.lineno - 1],
                head.rstrip(),
                indent("\n".join([rest, *lines[first.lineno :]]), self._margin),
            ]
        )

    def _split(self, lines: list[str], body: list[ast.stmt]) -> list[_Part]:
        parts: list[_Part] = []
        row = 1
        for node in body:
            start, end = first_row(node), node.end_lineno or node.lineno
            if start < row:  # it shares a line with the statement before: they stay together
                parts[-1].name = None
                parts[-1].text += "".join(f"\n{line}" for line in lines[row - 1 : end])
            else:
                if start > row:
                    parts.append(_Part(None, "\n".join(lines[row - 1 : start - 1])))
                parts.append(_Part(_bound(node), "\n".join(lines[start - 1 : end])))
            row = max(row, end + 1)
        if row <= len(lines):
            parts.append(_Part(None, "\n".join(lines[row - 1 :])))
        return parts


def _shares_header(node: ast.ClassDef, lines: list[str]) -> bool:
    first = node.body[0]
    column = characters(lines[first.lineno - 1], first.col_offset)
    return first_row(first) == first.lineno and bool(lines[first.lineno - 1][:column].strip())


def _bound(node: ast.stmt) -> str | None:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return None


def without_decorators(text: str, drop: list[int]) -> str:
    """Return the text of a decorated function without its decorators number ``drop``, from 0."""
    node = parse(text).body[0]
    lines = text.split("\n")
    gone: set[int] = set()
    for index in drop:
        decorator = node.decorator_list[index]
        gone.update(range(decorator.lineno, (decorator.end_lineno or decorator.lineno) + 1))
    return "\n".join(line for row, line in enumerate(lines, start=1) if row not in gone)
