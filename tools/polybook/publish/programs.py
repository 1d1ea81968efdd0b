"""Which programs render the book: other ones may render it differently."""

from __future__ import annotations

import hashlib
import os
import sys
from functools import cache
from pathlib import Path

import polybook


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
    package = Path(polybook.__file__).parent
    for root, folders, files in os.walk(package):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(files):
            stat = os.stat(os.path.join(root, name))
            found.append(f"{root[len(str(package)) :]}/{name} {stat.st_mtime_ns} {stat.st_size}")
    return hashlib.sha256("\n".join(found).encode()).hexdigest()
