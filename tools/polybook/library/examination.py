"""The libraries of a book and all that is doubtful in what uses them, framework by framework."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from polybook.book import Book
from polybook.library.calls import Doubt, doubts
from polybook.library.collect import library_of
from polybook.library.extract import Library


@attrs.frozen
class Examined:
    """One framework's library, and the doubtful uses of it."""

    library: Library
    doubts: list[Doubt]


def examine(book: Book, names: Iterable[str]) -> dict[str, Examined]:
    """Return what there is to say of the frameworks called ``names``, which have a library."""
    found = {}
    for name in names:
        library = library_of(book, book.config.framework(name))
        found[name] = Examined(library, doubts(book, name, library))
    return found
