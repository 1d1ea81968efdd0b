"""All that is wrong in a book, from every room, less what its authors ignore."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from polybook.book import Book, check
from polybook.book.lint import Ignores
from polybook.library import Library
from polybook.library.calls import check_calls, told
from polybook.library.documented import check_documented
from polybook.library.examination import examine
from polybook.notebook import unchanged_calls
from polybook.side_process import both, worth_sharing
from polybook.source import Diagnostic


def findings(book: Book, libraries: Mapping[str, Library]) -> list[Diagnostic]:
    """Return what is wrong in configuration, chapters and libraries, each finding once.

    A request to ignore what is not there is a finding as well.
    """
    return _kept(book, libraries, check(book), check_calls(book, libraries), unchanged_calls(book))


def all_findings(book: Book) -> list[Diagnostic]:
    """Return the same, extracting the libraries; a large book is shared by two processes."""
    names = [framework.name for framework in book.config.frameworks if framework.library]
    if worth_sharing(len(book.pages)):
        (mine, checked), (others, unchanged) = both(
            lambda: (examine(book, names[::2]), check(book)),
            lambda: (examine(book, names[1::2]), unchanged_calls(book)),
        )
    else:
        mine, checked = examine(book, names), check(book)
        others, unchanged = {}, unchanged_calls(book)
    examined = {name: (mine | others)[name] for name in names}
    libraries = {name: each.library for name, each in examined.items()}
    calls = told(book, [each.doubts for each in examined.values()])
    return _kept(book, libraries, checked, calls, unchanged)


def _kept(
    book: Book,
    libraries: Mapping[str, Library],
    checked: Iterable[Diagnostic],
    calls: Iterable[Diagnostic],
    unchanged: Iterable[Diagnostic],
) -> list[Diagnostic]:
    """Return the findings of all rooms, in one order, without those that are ignored."""
    of_libraries = [finding for library in libraries.values() for finding in library.diagnostics]
    documented = check_documented(book, libraries)
    every = [*checked, *of_libraries, *calls, *documented, *unchanged]
    ignores = Ignores(book)
    kept = ignores.keep(dict.fromkeys(every))
    return [*kept, *ignores.unused()]
