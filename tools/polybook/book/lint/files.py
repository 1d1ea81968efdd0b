"""Files that directives read: text, listings, tables and lists of works."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path

from polybook.book.book import Book, Page
from polybook.book.lint.finding import column_of
from polybook.source import Diagnostic
from polybook.source.directive import Directive

# Where each directive names its file; pictures have a check of their own.
_IN_ARGUMENT = frozenset({"include", "literalinclude"})
_IN_OPTION = frozenset({"csv-table", "raw"})
_OPTION = ":file:"


def check_files(book: Book, page: Page) -> Iterator[Diagnostic]:
    """Report directives that name a file which is not there."""
    for directive in page.chapter.directives:
        name = _file(directive)
        if name and not _path(book, page, directive, name).is_file():
            place = (page.path, directive.line, column_of(page, directive))
            message = f"there is no file {name}, which {directive.name} shows here"
            mend = "paths are relative to the chapter's folder"
            yield Diagnostic(*place, "missing-file", message, mend)
        elif directive.name == "bibliography":
            yield from _bibliographies(book, page, directive)


def _file(directive: Directive) -> str:
    """Return the file that ``directive`` names, as written; empty if it names none."""
    if directive.name in _IN_ARGUMENT:
        # docutils has files of its own: `<isonum.txt>`.
        return "" if directive.argument.startswith("<") else directive.argument
    if directive.name in _IN_OPTION:
        options = (option.strip() for option in directive.options)
        given = (each.removeprefix(_OPTION) for each in options if each.startswith(_OPTION))
        return next(given, "").strip()
    return ""


def _path(book: Book, page: Page, directive: Directive, name: str) -> Path:
    # Sphinx counts `/a` from the book; `raw` is docutils' own, which does not.
    if name.startswith("/") and directive.name != "raw":
        return book.folder / name[1:]
    return (book.folder / page.path).parent / name


def _bibliographies(book: Book, page: Page, directive: Directive) -> Iterator[Diagnostic]:
    folder = posixpath.dirname(page.path)
    for name in directive.argument.split():
        path = name[1:] if name.startswith("/") else posixpath.join(folder, name)
        if posixpath.normpath(path) not in map(posixpath.normpath, book.config.bibliographies):
            place = (page.path, directive.line, column_of(page, directive))
            message = f"{name} is no BibTeX file of the book"
            mend = "name it in _config.yml under bibtex_bibfiles, or list the works of all files"
            yield Diagnostic(*place, "missing-file", message, mend)
