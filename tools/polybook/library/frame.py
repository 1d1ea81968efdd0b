"""What stands around a library's saved cells: its hand-written head, and its aliases at the end."""

from __future__ import annotations

import textwrap

from polybook.book import Book
from polybook.book.config import CONFIG_FILE, Framework
from polybook.library.saved import SavedCell
from polybook.source.diagnostic import Diagnostic


def preamble_cells(book: Book, framework: Framework) -> tuple[list[SavedCell], list[Diagnostic]]:
    """Return the hand-written head of a framework's library, and what is wrong with it.

    It is a source file beside the chapters; its imports are merged with all others, its other
    statements come first in the module.
    """
    if not framework.preamble:
        return [], []
    try:
        text = (book.folder / framework.preamble).read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        problem = Diagnostic(
            CONFIG_FILE,
            framework.line,
            1,
            "missing-file",
            f"the preamble {framework.preamble} cannot be read: {reason}",
            "write the head of the framework's library there, or remove the setting",
        )
        return [], [problem]
    lines = tuple(range(1, text.count("\n") + 2))
    return [SavedCell(framework.preamble, None, text, lines)], []


def alias_cells(framework: Framework) -> list[SavedCell]:
    """Return the definitions of a framework's aliases, which end its library.

    Chapters that call ``d2l.ones`` then run against the library, as do its own functions.
    """
    aliases = framework.aliases
    calls = []
    for name, given in aliases.simple:
        target = given.strip().removesuffix("(")
        calls.append(
            f"{name.strip().removesuffix('(')} = "
            + (f"{aliases.module}.{target}" if aliases.module else target)
        )
    for name, given in aliases.fluent:
        method = given.strip().removesuffix("(")
        calls.append(
            f"{name.strip().removesuffix('(')} = "
            f"lambda x, *args, **kwargs: x.{method}(*args, **kwargs)"
        )
    texts = [textwrap.dedent(aliases.definitions).strip("\n"), "\n".join(calls)]
    return [
        SavedCell(CONFIG_FILE, None, text, (framework.line,) * (text.count("\n") + 1))
        for text in texts
        if text
    ]
