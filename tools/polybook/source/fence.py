"""The head of a cell: what its fence's info string and its option lines say."""

from __future__ import annotations

from typing import Any

import attrs
import yaml

from polybook.source.directive import after_options
from polybook.source.pragma import split_names
from polybook.source.rules.cell import CODE_CELL, input_words

# Languages that notebooks run by a magic on a cell's first line.
_MAGICS = {"bash": "%%bash", "r": "%%R", "ruby": "%%ruby"}
_FRAMEWORK_TAG = "framework-"


@attrs.frozen
class Head:
    """What the head of a cell says.

    Attributes:
        magic: The line that notebooks need before the code; empty for Python.
        options: How many lines below the fence are options.
        frameworks: The frameworks that options name; ``None`` without such an
            option.
        tags: The other tags.
        problem: Why the options cannot be read; empty if they can.
    """

    magic: str = ""
    options: int = 0
    frameworks: tuple[str, ...] | None = None
    tags: tuple[str, ...] = ()
    problem: str = ""


def read_head(info: str, content: str) -> Head:
    """Return what the fence of a cell says, ``{.bash .input}`` or ``{code-cell}``.

    Args:
        info: The info string of the fence.
        content: What stands in the fence.
    """
    if not CODE_CELL.match(info):
        languages = [word[1:].lower() for word in input_words(info) if word[:1] == "."]
        return Head(magic=next((_MAGICS[name] for name in languages if name in _MAGICS), ""))
    lines = content.split("\n")
    count = after_options(lines)
    try:
        given = yaml.safe_load("\n".join(_as_yaml(lines[:count])))
    except (yaml.YAMLError, ValueError, RecursionError):
        return Head(options=count, problem="they are no YAML")
    if given is None:
        return Head(options=count)
    if not isinstance(given, dict):
        return Head(options=count, problem="they are no mapping of keys to values")
    tags = _words(given.get("tags"))
    names = _words(given.get("framework"))
    names += [tag.removeprefix(_FRAMEWORK_TAG) for tag in tags if tag.startswith(_FRAMEWORK_TAG)]
    return Head(
        options=count,
        frameworks=tuple(dict.fromkeys(names)) or None,
        tags=tuple(dict.fromkeys(tag for tag in tags if not tag.startswith(_FRAMEWORK_TAG))),
    )


def _as_yaml(options: list[str]) -> list[str]:
    """Return option lines, ``:key: value`` or a block between dashes, as YAML."""
    if options and options[0].startswith("-"):
        return options[1:-1]
    return [line.lstrip().removeprefix(":") for line in options]


def _words(value: Any) -> list[str]:
    """Return a list, or words between commas, as a list of words."""
    if value is None:
        return []
    if isinstance(value, list):
        return [str(each).strip() for each in value]
    return list(split_names(str(value)))
