"""A library's module as a file."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

from polybook.library.extract import Library


def write(library: Library, path: Path) -> bool:
    """Write the library's text to ``path`` and return whether the file changed.

    A reader of the file sees the old text or the new one, never a part. Missing folders are made.

    Raises:
        OSError: The file cannot be read or written.
    """
    if _text(path) == library.text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_text(library.text, encoding="utf-8", newline="\n")
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)
    return True


def differences(library: Library, path: Path) -> str:
    """Return what `write` would change in the file ``path``, as a unified diff; empty if nothing.

    Raises:
        OSError: The file is there but cannot be read.
    """
    old = _text(path)
    if old == library.text:
        return ""
    name = path.name
    lines = difflib.unified_diff(
        _lines(old or ""), _lines(library.text), f"{name} (as it is)", f"{name} (from the book)"
    )
    return "".join(lines)


def _lines(text: str) -> list[str]:
    """Return the lines of ``text``, each with a line feed; one that lacks it is told apart."""
    lines = text.split("\n")
    end = lines.pop()
    return [f"{line}\n" for line in lines] + ([f"{end} (no line feed)\n"] if end else [])


def _text(path: Path) -> str | None:
    """Return the text of the file as it is, line ends included; None if there is no file."""
    try:
        return path.read_bytes().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return None
