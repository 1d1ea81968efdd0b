"""The libraries of a book and all that is doubtful in what uses them, as fast as it can be said.

Each framework's part stands by itself, so a second process takes every other
framework of a book that is large enough.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterable
from multiprocessing.connection import Connection

import attrs

from polybook.book import Book
from polybook.library.calls import Doubt, doubts
from polybook.library.collect import library_of
from polybook.library.extract import Library

_MANY_PAGES = 50
"""Pages from which on a second process is worth its start."""


@attrs.frozen
class Examined:
    """One framework's library, and the doubtful uses of it."""

    library: Library
    doubts: list[Doubt]


def examine(book: Book) -> dict[str, Examined]:
    """Return what there is to say of each framework that has a library, by its name."""
    names = [framework.name for framework in book.config.frameworks if framework.library]
    if len(names) < 2 or len(book.pages) < _MANY_PAGES or not _can_fork():
        return _examined(book, names)
    # Forked, for then the book is there already; what comes back is small.
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    helper = context.Process(target=_send, args=(sending, book, names[1::2]), daemon=True)
    helper.start()
    sending.close()
    found = _examined(book, names[::2])
    try:
        found |= receiving.recv()
    except EOFError:
        # Whatever befell it befalls us here, where it is reported.
        found |= _examined(book, names[1::2])
    helper.join()
    return {name: found[name] for name in names}


def _examined(book: Book, names: Iterable[str]) -> dict[str, Examined]:
    found = {}
    for name in names:
        library = library_of(book, book.config.framework(name))
        found[name] = Examined(library, doubts(book, name, library))
    return found


def _send(sending: Connection, book: Book, names: list[str]) -> None:
    sending.send(_examined(book, names))


def _can_fork() -> bool:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    return cores > 1 and threading.active_count() == 1
