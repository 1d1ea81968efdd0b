"""The code of a page as one framework runs it."""

from __future__ import annotations

import attrs
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from polybook.book import Page
from polybook.source import Cell


@attrs.frozen
class CodeCell:
    """One cell of a notebook.

    Attributes:
        cell: The chapter's cell.
        source: The code, without pragma lines.
        lines: The chapter line of each line of ``source``.
    """

    cell: Cell
    source: str
    lines: tuple[int, ...]


def code_cells(page: Page, framework: str) -> tuple[CodeCell, ...]:
    """Return the cells of ``page`` that ``framework`` runs, in order, without empty ones."""
    cells = (CodeCell(cell, *cell.source()) for cell in page.cells(framework))
    return tuple(cell for cell in cells if cell.source)


def execution_notebook(page: Page, framework: str) -> NotebookNode:
    """Return the notebook that is run: code alone, so that prose cannot make it stale.

    Each cell's ``metadata.polybook.lines`` holds the chapter line of each of
    its lines.
    """
    notebook = new_notebook(
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        }
    )
    for index, cell in enumerate(code_cells(page, framework)):
        notebook.cells.append(
            new_code_cell(
                cell.source,
                id=f"cell-{index}",
                metadata={"polybook": {"lines": list(cell.lines)}},
            )
        )
    return notebook
