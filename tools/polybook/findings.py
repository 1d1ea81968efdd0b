"""All that is wrong in a book, from every room, less what its authors ignore."""

from __future__ import annotations

from collections.abc import Mapping

from polybook.book import Book, check
from polybook.book.lint import Ignores
from polybook.library import Library
from polybook.library.calls import check_calls, told
from polybook.library.documented import check_documented
from polybook.library.examination import examine
from polybook.notebook import unchanged_calls
from polybook.source import Diagnostic


def findings(
    book: Book, libraries: Mapping[str, Library], calls: list[Diagnostic] | None = None
) -> list[Diagnostic]:
    """Return what is wrong in configuration, chapters and libraries, each finding once.

    A request to ignore what is not there is a finding as well.

    Args:
        book: The book.
        libraries: Its libraries, by framework.
        calls: What :func:`check_calls` finds, if that is known already.
    """
    of_libraries = [finding for library in libraries.values() for finding in library.diagnostics]
    every = [
        *check(book),
        *of_libraries,
        *(check_calls(book, libraries) if calls is None else calls),
        *check_documented(book, libraries),
        *unchanged_calls(book),
    ]
    ignores = Ignores(book)
    kept = ignores.keep(dict.fromkeys(every))
    return [*kept, *ignores.unused()]


def all_findings(book: Book) -> list[Diagnostic]:
    """Return what is wrong in ``book``, extracting its libraries."""
    examined = examine(book)
    libraries = {name: each.library for name, each in examined.items()}
    return findings(book, libraries, told(book, [each.doubts for each in examined.values()]))
