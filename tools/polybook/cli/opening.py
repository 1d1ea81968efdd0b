"""The book that the words of a command line name."""

from __future__ import annotations

from pathlib import Path

import typer

from polybook.book import Book, load_book
from polybook.lasting import lasting
from polybook.source import BookError, Diagnostic


def open_book(context: typer.Context, book: Path | None) -> Book:
    """Return the book in the folder that ``--book`` names, before or behind the command."""
    folder = book or context.find_root().obj or Path()
    need_folder(folder, "check --book")
    with lasting():
        return load_book(folder)


def need_folder(folder: Path, suggestion: str) -> None:
    """Raise a BookError if there is no such folder."""
    if not folder.is_dir():
        message = "there is no such folder"
        raise BookError(Diagnostic(str(folder), 1, 1, "missing-folder", message, suggestion))
