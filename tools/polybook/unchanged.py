"""A build of which nothing has changed since the last one ends before it begins.

After a build that went well it is noted what the book's files, the store, the programs and the
site looked like. While all of them look the same, the site is what a new build would give.
"""

# Imported before anything else is: only what takes no time to import.
from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence

from polybook.programs import file_state, file_states, program_state

BUILD = "_build"
_NOTE = os.path.join(BUILD, "memory", "html.json")
# What is set there changes what a build does.
_VARIABLES = ("POLYBOOK_", "SOURCE_DATE_EPOCH")


def book_state(book: str) -> str:
    """Return a digest of the names, sizes and times of a book's own files."""
    variables = sorted(
        f"{name}={value}" for name, value in os.environ.items() if name.startswith(_VARIABLES)
    )
    files = file_states(book, {BUILD, "__pycache__", "node_modules"}, hidden=False)
    return _digest([program_state(), *variables, *files])


def store_state(book: str) -> str:
    """Return a digest of which outputs are stored."""
    return _digest(file_states(os.path.join(book, BUILD, "store", "records")))


def note_build(
    book: str,
    executed: bool,
    made_from: tuple[str, str],
    outside: Iterable[str],
    warned: Sequence[str],
    summary: str,
) -> None:
    """Note a build that went well, unless something has changed since it began.

    Args:
        book: The book's folder.
        executed: Whether all notebooks were brought up to date before.
        made_from: State of the book and of the store, taken before they were read.
        outside: Files outside of the book that it was made from.
        warned: The lines of its warnings: they hold as long as nothing changes.
        summary: What it said in the end.
    """
    if made_from != (book_state(book), store_state(book)):
        return
    note = {
        "executed": executed,
        "outside": sorted(outside),
        "warned": list(warned),
        "summary": summary,
    }
    note["state"] = _state(book, note["outside"])
    place = os.path.join(book, _NOTE)
    os.makedirs(os.path.dirname(place), exist_ok=True)
    aside = f"{place}.{os.getpid()}"
    with open(aside, "w", encoding="utf-8") as stream:
        json.dump(note, stream)
    os.replace(aside, place)


def last_build(book: str, executed: bool) -> tuple[list[str], str] | None:
    """Return the warnings and the summary of the last build if it still holds, otherwise None.

    Args:
        book: The book's folder.
        executed: Whether the notebooks must have been brought up to date.
    """
    try:
        with open(os.path.join(book, _NOTE), encoding="utf-8") as stream:
            note = json.load(stream)
        if note["executed"] != executed or note["state"] != _state(book, note["outside"]):
            return None
        return [str(line) for line in note["warned"]], str(note["summary"])
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _state(book: str, outside: Iterable[str]) -> str:
    """Return a digest of all that a site is made from, and of the site."""
    site = file_states(os.path.join(book, BUILD, "html"))
    others = [file_state(path, path) for path in outside]
    return _digest([book_state(book), store_state(book), *others, *site])


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode(errors="surrogateescape")).hexdigest()


def asked_of(words: Sequence[str]) -> tuple[str, bool] | None:
    """Return the book's folder and whether to execute, of a command line that only builds.

    None if the words ask for something else, or more than this.
    """
    book, executed, command = ".", True, []
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        if word == "--book" and waiting:
            book = waiting.pop(0)
        elif word.startswith("--book="):
            book = word.partition("=")[2]
        elif word == "--no-execute":
            executed = False
        else:
            command.append(word)
    return (book, executed) if command == ["build", "html"] else None
