"""The editions of a reader's notebook: without outputs, and as a Python script."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from polybook.book import Page
from polybook.library.syntax import parse, without_magics
from polybook.notebook.text import attachment

if TYPE_CHECKING:
    from nbformat import NotebookNode

_ANCHORS = re.compile(r'(?:<a id="[^"]*"></a>)+\n?')
_ATTACHMENT = re.compile(r"\(attachment:([^)\s]+)\)")
_FAILS = "raises-exception"
# Jupytext writes the code of such a cell as a comment.
_COMMENTED = "active-ipynb"


def without_outputs(notebook: NotebookNode) -> NotebookNode:
    """Return ``notebook`` as it is before it runs; the one that is given stays as it is."""
    from nbformat import NotebookNode

    cells = [
        NotebookNode({**cell, "outputs": [], "execution_count": None})
        if cell.cell_type == "code"
        else cell
        for cell in notebook.cells
    ]
    return NotebookNode({**notebook, "cells": cells})


def script(page: Page, notebook: NotebookNode) -> str:
    """Return a reader's notebook as a script in Jupytext's percent format.

    It runs from top to bottom by Python alone: lines for IPython and cells that are meant to
    raise are comments. Text is a comment in Markdown, whose pictures lead to the book's files.
    Args:
        page: The notebook's page.
        notebook: What `reader_notebook` has made of it.
    """
    import jupytext
    from nbformat import NotebookNode

    pictures = {attachment(image.source): image.source for image in page.chapter.images}
    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            tags = list(cell.metadata.get("tags", ()))
            if _FAILS in tags:
                tags.append(_COMMENTED)
            metadata = NotebookNode({"tags": tags} if tags else {})
            cells.append(NotebookNode({**cell, "metadata": metadata, "outputs": []}))
        else:
            text = _ATTACHMENT.sub(
                lambda found: f"({pictures.get(found[1], found[1])})", cell.source
            )
            plain = {"source": _ANCHORS.sub("", text).strip(), "attachments": {}}
            cells.append(NotebookNode({**cell, **plain}))
    shown = NotebookNode(
        {
            **notebook,
            "cells": [*_display(cells), *cells],
            # No header: it would name Jupytext's version, and no program needs it.
            "metadata": {
                "kernelspec": notebook.metadata.kernelspec,
                "jupytext": {
                    "notebook_metadata_filter": "-all",
                    "cell_metadata_filter": "tags,-all",
                },
            },
        }
    )
    return jupytext.writes(shown, fmt="py:percent")


def can_be_script(cells: Iterable[tuple[str, Sequence[str]]]) -> bool:
    """Tell whether Python alone can run code cells, each given with its tags, as one script.

    It cannot where code awaits something outside a function, or is not Python's.
    """
    return all(_FAILS in tags or _is_python(source) for source, tags in cells)


@lru_cache(1024)
def _is_python(source: str) -> bool:
    """Tell whether Python can run a cell: most stand in the notebooks of several frameworks."""
    text, _ = without_magics(source)
    try:
        parse(text)
        if "await" in text or "async" in text:
            compile(text, "cell", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _display(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Return the cell that imports what IPython has without an import, if it is used."""
    from nbformat.v4 import new_code_cell

    used = set()
    for cell in cells:
        if cell.cell_type == "code" and "display" in cell.source:
            try:
                tree = parse(without_magics(cell.source)[0])
            except SyntaxError:
                continue
            used |= {
                node.id
                for node in ast.walk(tree)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
            }
    if "display" not in used:
        return []
    return [new_code_cell("from IPython.display import display", id="display")]
