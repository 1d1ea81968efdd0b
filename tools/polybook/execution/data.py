"""The data files that a chapter declares: their digests, and where notebooks find them."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path


def data_digests(book: Path, paths: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of each declared file, and of each file in a declared folder.

    Args:
        book: The book's folder.
        paths: Files and folders relative to it; one that is not there counts as ``missing``.
    """
    found = {}
    for path in sorted(set(paths)):
        files = list(_files(book, path))
        found.update({file: _digest(book / file) for file in files} or {path: "missing"})
    return found


def stage_data(book: Path, paths: Iterable[str], folder: Path) -> None:
    """Copy the declared files to the same places below ``folder``, read-only.

    Raises:
        OSError: A file cannot be read or written.
    """
    for file in declared_files(book, paths):
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(book / file, target)
        target.chmod(0o444)


def declared_files(book: Path, paths: Iterable[str]) -> list[str]:
    """Return the declared files, and those in declared folders, relative to the book."""
    return [file for path in sorted(set(paths)) for file in _files(book, path)]


def _files(book: Path, path: str) -> Iterator[str]:
    place = book / path
    if place.is_file():
        yield path
    elif place.is_dir():
        for file in sorted(place.rglob("*")):
            if file.is_file():
                yield file.relative_to(book).as_posix()


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return "missing"
