"""Writing the readers' notebooks of a whole book."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from polybook.book import Book, Page
from polybook.notebook.reader import notebook_path, reader_notebook


def write_notebooks(
    book: Book,
    folder: Path,
    executed: Callable[[Page, str], NotebookNode | None],
    frameworks: Sequence[str],
) -> int:
    """Write the notebooks of ``frameworks`` into ``folder`` and return how many there are.

    Args:
        book: The book.
        folder: Gets a folder for each framework.
        executed: Returns the executed notebook of a page and framework, whose
            outputs are taken; ``None`` leaves the outputs empty.
        frameworks: Names of frameworks.
    """
    count = 0
    for page in book.pages:
        for framework in page.frameworks:
            if framework not in frameworks:
                continue
            run = executed(page, framework)
            notebook = reader_notebook(book, page, framework, run.cells if run else None)
            file = folder / notebook_path(page, framework)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
            count += 1
    return count
