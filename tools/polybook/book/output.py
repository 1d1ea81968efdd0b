"""Folders that are made whole: aside first, then renamed into place."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock


@contextmanager
def fresh_folder(place: Path) -> Iterator[Path]:
    """Give a new, empty folder that replaces ``place`` when the block ends well.

    If the block raises, what it made is removed and ``place`` stays as it
    was. Another process that makes the same folder waits.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh, old = place.with_name(f"{place.name}.new"), place.with_name(f"{place.name}.old")
    with FileLock(place.with_name(f"{place.name}.lock")):
        # What a killed process left.
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
        fresh.mkdir()
        try:
            yield fresh
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        if place.exists():
            place.rename(old)
        fresh.rename(place)
        shutil.rmtree(old, ignore_errors=True)
