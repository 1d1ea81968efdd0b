"""Chapters that are Jupyter notebooks, read as the MyST text of the same meaning.

Each line of that text has the number of its line in the notebook's file, as
Jupyter writes it with one line of a cell on each; so findings, labels and
failures carry lines of a file that the author can open.
"""

from __future__ import annotations

import base64
import json
import re
import warnings
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from polybook.source import BookError, Diagnostic

SUFFIX = ".ipynb"
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},]')
_BACKTICKS = re.compile(r"`{3,}")
_RAW = {"text/html": "html", "text/latex": "latex", "text/x-rst": ""}


@attrs.frozen
class NotebookChapter:
    """A notebook as a chapter.

    Attributes:
        text: MyST text.
        outputs: The outputs that the notebook itself holds, by the line of
            the cell's fence in ``text``, from 1.
    """

    text: str
    outputs: Mapping[int, Sequence[Mapping[str, Any]]]


def read_ipynb(text: str, path: str) -> NotebookChapter:
    """Return the notebook whose file holds ``text``.

    Cells become ``{code-cell}`` directives with their tags; pictures that are
    attached to text become data addresses.

    Args:
        text: JSON.
        path: The file, relative to the book, for the error.

    Raises:
        BookError: It is no notebook.
    """
    # Most books have no notebooks, and need not wait for nbformat.
    import nbformat

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of missing cell ids, which nobody here needs
            notebook = nbformat.reads(text, as_version=4)
    except Exception as error:  # nbformat raises whatever its parts raise
        line = getattr(error, "lineno", 1)
        message = f"this is no notebook: {str(error).splitlines()[0]}"
        mend = "open it in Jupyter and save it again"
        raise BookError(Diagnostic(path, line, 1, "unreadable-file", message, mend)) from None
    places = _places(text)
    lines = _Lines()
    outputs = {}
    for number, cell in enumerate(notebook.cells):
        at = places.get(number, 0)
        if cell.cell_type == "markdown":
            lines.add(_with_attachments(cell).split("\n"), at)
        elif cell.cell_type == "code" and cell.source.strip():
            tags = cell.metadata.get("tags", [])
            options = [f":tags: {json.dumps(tags, ensure_ascii=False)}"] if tags else []
            line = lines.add_fence("{code-cell} ipython3", options, cell.source, at)
            outputs[line] = cell.outputs
        elif cell.cell_type == "raw":
            kind = cell.metadata.get("format") or cell.metadata.get("raw_mimetype")
            if kind in _RAW:
                name = f"{{raw}} {_RAW[kind]}" if _RAW[kind] else "{eval-rst}"
                lines.add_fence(name, [], cell.source, at)
    return NotebookChapter(lines.text, outputs)


class _Lines:
    """Lines of text, each at its own number or, if that is taken, below the last."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def add(self, lines: Sequence[str], at: int) -> int:
        """Append ``lines``, the first as number ``at`` from 0, and return its number from 1.

        A blank line stands before them.
        """
        self._lines += [""] * max(at - len(self._lines), 1)
        first = len(self._lines) + 1
        self._lines += lines
        return first

    def add_fence(self, info: str, options: Sequence[str], source: str, at: int) -> int:
        """Append a fence whose first line of ``source`` has number ``at``."""
        longest = max(map(len, _BACKTICKS.findall(source)), default=2)
        ticks = "`" * (longest + 1)
        head = [ticks + info, *options]
        return self.add([*head, *source.split("\n"), ticks], at - len(head))

    @property
    def text(self) -> str:
        return "\n".join(self._lines) + "\n"


def _with_attachments(cell: Any) -> str:
    text = cell.source
    for name, bundle in cell.get("attachments", {}).items():
        for kind, data in bundle.items():
            content = data if isinstance(data, str) else "".join(data)
            if not kind.startswith("image/"):
                continue
            if kind == "image/svg+xml" and content.lstrip().startswith("<"):
                content = base64.b64encode(content.encode()).decode("ascii")
            address = f"data:{kind};base64,{''.join(content.split())}"
            text = text.replace(f"attachment:{name}", address)
    return text


def _places(text: str) -> dict[int, int]:
    """Return the line, from 0, where the source of each cell begins in a notebook's JSON."""
    breaks = [found.start() for found in re.finditer("\n", text)]
    return {
        path[1]: bisect_right(breaks, start)
        for path, start in reversed(list(_strings(text)))
        if len(path) >= 3 and path[0] == "cells" and path[2] == "source"
    }


def _strings(text: str) -> Iterator[tuple[tuple[Any, ...], int]]:
    """Yield each string value of a JSON text: the keys and indices to it, and its place."""
    path: list[Any] = []  # of each open container its current key or index
    is_key = False
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if sign in "{[":
            path.append(0 if sign == "[" else "")
            is_key = sign == "{"
        elif sign in "}]":
            path = path[:-1]
            is_key = False
        elif sign == ",":
            if path and isinstance(path[-1], int):
                path[-1] += 1
            else:
                is_key = True
        elif is_key:
            path[-1] = json.loads(sign)
            is_key = False
        else:
            yield tuple(path), token.start()
