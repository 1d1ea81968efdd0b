"""What the words of a command line name: a book, its frameworks, its store."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from polybook.book import Book, load_book
from polybook.execution.environments import Environment, environments_of
from polybook.execution.keys import Keys
from polybook.execution.store import Store
from polybook.notebook import code_cells
from polybook.source import BookError, Diagnostic
from polybook.source.suggestion import did_you_mean


def open_book(context: typer.Context, book: Path | None) -> Book:
    """Return the book in the folder that ``--book`` names, before or behind the command."""
    folder = book or context.find_root().obj or Path()
    need_folder(folder, "check --book")
    return load_book(folder)


def need_folder(folder: Path, suggestion: str) -> None:
    """Raise a BookError if there is no such folder."""
    if not folder.is_dir():
        message = "there is no such folder"
        raise BookError(Diagnostic(str(folder), 1, 1, "missing-folder", message, suggestion))


def chosen_environments(book: Book, framework: str | None) -> dict[str, Environment]:
    """Return the environments of all frameworks, or of the one that was named.

    Raises:
        BookError: The book has no such framework.
    """
    every = environments_of(book)
    if framework is None:
        return every
    if framework not in every:
        raise BookError(
            Diagnostic(
                "_config.yml",
                1,
                1,
                "unknown-framework",
                f"the book has no framework '{framework}'",
                did_you_mean(framework, every, "its frameworks are"),
            )
        )
    return {framework: every[framework]}


def open_store(book: Book) -> Store:
    """Return the store of ``book``, which says on the screen what it cannot read."""
    return Store(book.build / "store", warn=lambda finding: print(finding, file=sys.stderr))


def fresh_outputs(book: Book) -> tuple[int, int]:
    """Return how many notebooks of ``book`` have no up-to-date outputs, and how many there are."""
    keys, store = Keys.of(book), open_store(book)
    found = [
        store.get(page.path, framework, keys.key(page, framework))
        for page in book.pages
        for framework in page.frameworks
        if code_cells(book, page, framework)
    ]
    return found.count(None), len(found)
