"""Going no further with a book that has errors; warnings are printed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping

from polybook.book import Book
from polybook.book.lint import Ignores
from polybook.library import Library
from polybook.source import BookError, Diagnostic


def _print(line: str) -> None:
    print(line, file=sys.stderr)


def refuse(
    found: Iterable[Diagnostic], keep_going: bool = False, say: Callable[[str], None] = _print
) -> list[Diagnostic]:
    """Say the warnings and raise the errors, or return them in order to keep going."""
    errors = []
    for finding in found:
        if finding.severity == "error":
            errors.append(finding)
        else:
            say(str(finding))
    if errors and not keep_going:
        raise BookError(*errors)
    return errors


def library_findings(book: Book, libraries: Mapping[str, Library]) -> Iterable[Diagnostic]:
    """Return what is wrong in the libraries alone and not ignored."""
    return Ignores(book).keep(
        finding for library in libraries.values() for finding in library.diagnostics
    )


def refuse_to_run(book: Book, libraries: Mapping[str, Library]) -> None:
    """Raise what is wrong in cells and libraries, and not ignored: keys would make no sense."""
    refuse(library_findings(book, libraries))
    refuse(Ignores(book).keep(one for page in book.pages for one in page.chapter.diagnostics))
