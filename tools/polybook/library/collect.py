"""The saved cells of a book, as each framework's library takes them."""

from __future__ import annotations

import attrs

from polybook.book import Book, Framework, Page
from polybook.library.extract import Library, extract
from polybook.library.frame import alias_cells, preamble_cells
from polybook.library.saved import SavedCell
from polybook.source import Cell, Target


def libraries(book: Book) -> dict[str, Library]:
    """Return the library of each framework that has one, by the framework's name."""
    return {
        framework.name: library_of(book, framework)
        for framework in book.config.frameworks
        if framework.library
    }


def library_of(book: Book, framework: Framework) -> Library:
    """Return the library of a framework that has one."""
    head, problems = preamble_cells(book, framework)
    cells = saved_cells(book, framework.name)
    library = extract(cells, framework.library, head, alias_cells(framework))
    return attrs.evolve(library, diagnostics=(*problems, *library.diagnostics))


def saved_cells(book: Book, framework: str) -> list[SavedCell]:
    """Return the marked cells of ``framework`` in the order of the book."""
    return [cell for page in book.pages for cell in saved_in(page, framework)]


def saved_in(page: Page, framework: str) -> list[SavedCell]:
    """Return the marked cells of ``framework`` in one page."""
    saved = []
    for cell in page.cells(framework):
        if cell.saved:
            source, lines = cell.source(framework)
            saved.append(SavedCell(page.path, _section_label(page, cell), source, lines))
    return saved


def _section_label(page: Page, cell: Cell) -> str | None:
    """Return the label of the innermost labelled section in which ``cell`` stands."""
    around: list[Target] = []
    for target in page.chapter.targets:
        if target.span.start > cell.span.start:
            break
        if target.level:
            around = [each for each in around if each.level < target.level]
            around.append(target)
    return next((each.names[0] for each in reversed(around) if each.names), None)
