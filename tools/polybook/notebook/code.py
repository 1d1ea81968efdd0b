"""The code of a page as one framework runs it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import attrs

from polybook.book import Book, Page
from polybook.notebook.alias import Native, library_names, native, without_receiver
from polybook.source import Cell, Diagnostic

if TYPE_CHECKING:
    from nbformat import NotebookNode


@attrs.frozen
class CodeCell:
    """One cell of a notebook.

    Attributes:
        cell: The chapter's cell.
        source: The code, without pragma lines, with native calls.
        lines: The chapter line of each line of ``source``.
    """

    cell: Cell
    source: str
    lines: tuple[int, ...]


def code_cells(book: Book, page: Page, framework: str) -> tuple[CodeCell, ...]:
    """Return the cells of ``page`` that ``framework`` runs, in order, without empty ones.

    Neutral calls of the library are replaced by the framework's own.
    """
    return tuple(
        CodeCell(cell, found.source, tuple(lines[row] for row in found.rows))
        for cell, lines, found in native_cells(book, page, framework)
    )


def native_cells(
    book: Book, page: Page, framework: str
) -> list[tuple[Cell, tuple[int, ...], Native]]:
    """Return each cell with the chapter lines of the author's code, and the native code."""
    written = [(cell, *cell.source(framework)) for cell in page.cells(framework)]
    written = [each for each in written if each[1]]
    settings = book.config.framework(framework)
    if not settings.aliases:
        plain = (Native(source, tuple(range(len(lines)))) for _, source, lines in written)
        return [(each[0], each[2], code) for each, code in zip(written, plain, strict=True)]
    names = library_names((source for _, source, _ in written), settings.library)
    return [
        (cell, lines, native(source, settings.aliases, names)) for cell, source, lines in written
    ]


def unchanged_calls(book: Book) -> list[Diagnostic]:
    """Return a warning for each neutral call that notebooks keep, since it has no receiver."""
    found = []
    for page in book.pages:
        for framework in page.frameworks:
            fluent = book.config.framework(framework).aliases.fluent
            suspect = without_receiver(name for name, _ in fluent)
            if not any(suspect.search(cell.code) for cell in page.cells(framework)):
                continue
            found += [
                Diagnostic(
                    page.path,
                    lines[row],
                    1,
                    "unchanged-alias",
                    f"the notebooks for {framework} keep `{name}` here: "
                    "the call has no first argument whose method could be called",
                    "pass the first argument by its position",
                    "warning",
                )
                for _, lines, code in native_cells(book, page, framework)
                for row, name in code.left
            ]
    return found


def execution_notebook(cells: Iterable[CodeCell]) -> NotebookNode:
    """Return the notebook that is run: code alone, so that prose cannot make it stale.

    Each cell's ``metadata.polybook.lines`` holds the chapter line of each of
    its lines; ``metadata.tags`` holds the tags that the author gave it.
    """
    # Who checks a book makes no notebook and does not wait for nbformat.
    from nbformat import NotebookNode

    # Not through nbformat's functions, which check each cell against the schema: a plan makes
    # all notebooks of a book and runs none.
    def node(**values: Any) -> NotebookNode:
        return NotebookNode(values)

    def metadata(cell: CodeCell) -> NotebookNode:
        own = node(polybook=node(lines=list(cell.lines)))
        if cell.cell.tags:
            own["tags"] = list(cell.cell.tags)
        return own

    spec = node(name="python3", display_name="Python 3", language="python")
    return node(
        nbformat=4,
        nbformat_minor=5,
        metadata=node(kernelspec=spec),
        cells=[
            node(
                cell_type="code",
                id=f"cell-{index}",
                metadata=metadata(cell),
                source=cell.source,
                execution_count=None,
                outputs=[],
            )
            for index, cell in enumerate(cells)
        ],
    )
