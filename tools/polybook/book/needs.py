"""What a chapter needs in order to run: declared in its front matter, or for the book.

::

    accelerators: 1              # how many GPUs or the like; 0 if left out
    accelerator_memory: 8 GiB    # its share of one; a whole one if left out
    cores: 2                     # processor cores that its computations use; 1 if left out
    memory: 4 GiB                # most that its kernel holds; no limit if left out
    time: 5 min                  # most for the whole notebook; 20 minutes if left out
    cell_time: 60 s              # most for one cell; no limit if left out
    warnings: error              # of Python: keep in outputs, drop, or fail; keep if left out
    data: [../data/houses.csv]   # files or folders that its cells read, relative to the chapter

The same names under ``polybook: needs:`` in ``_config.yml``, except ``data``,
hold for chapters that do not say otherwise.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias, get_args

import attrs

WarningPolicy: TypeAlias = Literal["keep", "drop", "error"]

_UNITS_OF_TIME = {"s": 1, "min": 60, "h": 3600}
_UNITS_OF_MEMORY = {"MB": 10**6, "GB": 10**9, "MiB": 2**20, "GiB": 2**30}
_QUANTITY = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Za-z]+)")


@attrs.frozen
class Needs:
    """What running one notebook takes, and what it may take at most.

    Attributes:
        cores: Processor cores that its computations may use.
        memory: Most bytes that its kernel and what it starts may hold; None
            for no limit.
        accelerators: How many accelerators it uses.
        accelerator_memory: Bytes that it uses of one; None for all of it.
        time: Most seconds for the whole notebook.
        cell_time: Most seconds for one cell; None for no limit.
        warnings: Whether a warning that Python shows stays in the outputs, is
            dropped from them, or makes the notebook fail.
        data: Files and folders that it reads, relative to the book, with ``/``.
    """

    cores: int = 1
    memory: int | None = None
    accelerators: int = 0
    accelerator_memory: int | None = None
    time: float = 20 * 60.0
    cell_time: float | None = None
    warnings: WarningPolicy = "keep"
    data: tuple[str, ...] = ()


NO_NEEDS = Needs()
"""Those of a notebook that declares nothing."""


@attrs.frozen
class Misread:
    """A setting that cannot be read.

    Attributes:
        key: Its name.
        message: What is wrong with its value.
        suggestion: How to write it.
        item: The one value of a list that is wrong; empty if all of it is.
    """

    key: str
    message: str
    suggestion: str
    item: str = ""


def read_needs(
    given: Mapping[str, Any], default: Needs, folder: str = ""
) -> tuple[Needs, tuple[Misread, ...]]:
    """Return the needs that ``given`` declares, and what in it cannot be read.

    Args:
        given: Settings by name; names that are none of ours do not count.
        default: What holds for settings that are left out or cannot be read.
        folder: Folder of the chapter relative to the book, from which ``data`` is named.
    """
    read: dict[str, Any] = {}
    misread = []
    for key, reader in _READERS.items():
        if key not in given:
            continue
        try:
            read[key] = reader(given[key])
        except ValueError as error:
            message = f"'{key}' cannot be {given[key]!r}"
            misread.append(Misread(key, message, str(error)))
    if "data" in read:
        read["data"], outside = _within_book(read["data"], folder)
        misread += [
            Misread("data", f"{path} lies outside the book's folder", "copy it into the book")
            for path in outside
        ]
    return attrs.evolve(default, **read), tuple(misread)


def _count(least: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        raise ValueError(f"write a whole number from {least}")

    return read


def _quantity(units: Mapping[str, int], example: str) -> Callable[[Any], float]:
    def read(value: Any) -> float:
        match = _QUANTITY.fullmatch(str(value).strip())
        if match and match[2] in units and float(match[1]) > 0:
            return float(match[1]) * units[match[2]]
        raise ValueError(f"write a number and its unit ({', '.join(units)}), such as {example}")

    return read


_memory = _quantity(_UNITS_OF_MEMORY, "2 GiB")
_time = _quantity(_UNITS_OF_TIME, "60 s")


def _warnings(value: Any) -> str:
    if value in get_args(WarningPolicy):
        return str(value)
    raise ValueError("write keep, drop or error")


def _paths(value: Any) -> tuple[str, ...]:
    paths = value if isinstance(value, list) else [value]
    if all(isinstance(path, str) and path.strip() for path in paths):
        return tuple(path.strip() for path in paths)
    raise ValueError("write a list of paths, such as [../data/houses.csv]")


_READERS: dict[str, Callable[[Any], Any]] = {
    "cores": _count(1),
    "memory": lambda value: int(_memory(value)),
    "accelerators": _count(0),
    "accelerator_memory": lambda value: int(_memory(value)),
    "time": _time,
    "cell_time": _time,
    "warnings": _warnings,
    "data": _paths,
}

NEEDS = tuple(_READERS)
"""The names of the settings."""


def _within_book(paths: tuple[str, ...], folder: str) -> tuple[tuple[str, ...], list[str]]:
    inside, outside = [], []
    for path in paths:
        whole = posixpath.normpath(posixpath.join(folder, path))
        lost = whole == "." or whole.startswith(("/", "../")) or whole == ".."
        (outside if lost else inside).append(path if lost else whole)
    return tuple(inside), outside
