"""``if tab.selected('a'):`` inside a cell, resolved on the syntax tree.

A framework sees the branches that are its own, moved to the place of their
``if``; everything else of the author's text stays as it is.
"""

from __future__ import annotations

from functools import lru_cache

import attrs

from polybook.source.selected.code import SELECTED, UnreadableError, parsed
from polybook.source.selected.condition import arguments, calls
from polybook.source.selected.resolution import Resolution
from polybook.source.selected.text import Text

__all__ = ["Name", "UnreadableError", "has_branches", "names_in", "resolve"]


@attrs.frozen
class Name:
    """A framework that a cell's branches name; places count from 0."""

    name: str
    line: int
    column: int


def has_branches(code: str) -> bool:
    """Tell whether ``code`` may hold branches; cheap."""
    return bool(SELECTED.search(code))


def names_in(code: str) -> list[Name]:
    """Return the frameworks that the branches of ``code`` name.

    Raises:
        UnreadableError: The code is no Python, or a branch names something else
            than frameworks.
    """
    text = Text(code)
    found = []
    for call in calls(parsed(code).tree):
        names = arguments(call)
        if names is None or call.keywords:
            line, column = text.place(call)
            raise UnreadableError("tab.selected takes names of frameworks in quotes", line, column)
        for name in names:
            found.append(Name(name.value, *text.place(name)))
    return found


@lru_cache(maxsize=4096)
def resolve(code: str, framework: str) -> tuple[str, tuple[int, ...]]:
    """Return what ``framework`` sees of ``code``, and the line of each of its lines, from 0.

    Code that cannot be read is returned as it is; :func:`names_in` says why.
    """
    try:
        return Resolution(code, framework).run()
    except (UnreadableError, RecursionError):
        return code, tuple(range(code.count("\n") + 1))
