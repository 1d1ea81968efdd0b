"""Which programs read and render a book: other ones may do it differently."""

# Imported before anything else is: only what takes no time to import.
from __future__ import annotations

import hashlib
import os
import sys
from functools import cache


@cache
def program_state() -> str:
    """Return a digest of Python, the installed distributions and polybook's own files.

    Distributions are told by the names of their folders, which hold the
    versions; polybook's files by their times, for whoever works on them.
    """
    found = [sys.version]
    for folder in dict.fromkeys(sys.path):
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        found += sorted(name for name in names if name.endswith((".dist-info", ".egg-info")))
    found += file_states(os.path.dirname(os.path.abspath(__file__)), {"__pycache__"})
    return hashlib.sha256("\n".join(found).encode()).hexdigest()


def file_states(folder: str, left_out: set[str] = frozenset(), hidden: bool = True) -> list[str]:
    """Return path, size and times of every file below a folder, in order.

    Args:
        folder: Where to look; it may be absent.
        left_out: Names of folders and files that do not count.
        hidden: Whether those count whose names begin with a dot.
    """
    found: list[str] = []
    waiting = [""]
    while waiting:
        below = waiting.pop()
        try:
            entries = list(os.scandir(os.path.join(folder, below)))
        except OSError:
            continue
        if below and any(entry.name == "pyvenv.cfg" for entry in entries):
            # A virtual environment, whatever its name.
            continue
        for entry in entries:
            if entry.name in left_out or (not hidden and entry.name.startswith(".")):
                continue
            place = f"{below}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                waiting.append(f"{place}/")
            else:
                found.append(file_state(entry.path, place))
    return sorted(found)


def file_state(path: str, name: str) -> str:
    """Return what tells whether a file is still the same, under a name for it."""
    try:
        stat = os.stat(path)
    except OSError:
        return f"{name} absent"
    return f"{name} {stat.st_size} {stat.st_mtime_ns} {stat.st_ino}"
