"""A page's cells with the outputs that the store holds for them."""

from __future__ import annotations

import json
from collections.abc import Mapping

import attrs
from nbformat import NotebookNode

from polybook.book import Book, Page
from polybook.notebook import code_cells
from polybook.notebook.cells import code_cell, new_notebook
from polybook.source import Cell


@attrs.frozen(eq=False)
class PageOutputs:
    """The merged notebook of a page: each cell once for each framework.

    Attributes:
        notebook: All of them, as MyST-NB's renderer reads it.
        index: Position in ``notebook`` by the line of the chapter's cell and
            the framework.
    """

    notebook: NotebookNode
    index: Mapping[tuple[int, str], int]

    def source(self, cell: Cell, framework: str) -> str:
        """Return the code of ``cell`` in ``framework``; empty if it runs none."""
        at = self.index.get((cell.line, framework))
        return self.notebook.cells[at]["source"] if at is not None else ""

    def outputs(self, cell: Cell, framework: str) -> list[NotebookNode]:
        """Return the outputs of ``cell`` in ``framework``; empty without a stored run."""
        at = self.index.get((cell.line, framework))
        return self.notebook.cells[at]["outputs"] if at is not None else []

    def differ(self, cell: Cell, frameworks: tuple[str, ...]) -> bool:
        """Tell whether the outputs of a shared cell depend on the framework."""
        seen = {_canonical(self.outputs(cell, name)) for name in frameworks}
        return len(seen) > 1


def _canonical(outputs: list[NotebookNode]) -> str:
    """Return what a reader sees of ``outputs`` as text to compare."""
    shown = [{k: v for k, v in output.items() if k != "execution_count"} for output in outputs]
    return json.dumps(shown, sort_keys=True)


def page_outputs(book: Book, page: Page, executed: Mapping[str, NotebookNode]) -> PageOutputs:
    """Join the executed notebooks of a page.

    Args:
        book: The book.
        page: The page.
        executed: Executed notebook by framework; a framework whose run is
            not stored is left out, and its cells have the outputs that the
            chapter brings along, if any.
    """
    notebook = new_notebook({"language_info": {"name": "python", "pygments_lexer": "ipython3"}})
    index: dict[tuple[int, str], int] = {}
    for framework in page.frameworks:
        done = executed.get(framework)
        for number, code in enumerate(code_cells(book, page, framework)):
            cell = code_cell(code.source, f"{framework}-{number}")
            if done is not None:
                cell["outputs"] = done.cells[number]["outputs"]
                cell["execution_count"] = done.cells[number]["execution_count"]
            else:
                cell["outputs"] = list(page.outputs.get(code.cell.line, ()))
            index[code.cell.line, framework] = len(notebook.cells)
            notebook.cells.append(cell)
    return PageOutputs(notebook, index)
