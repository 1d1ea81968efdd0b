"""The folder of one execution, and the end of those that a killed one has left."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

PREFIX = "run-"
_LOCK = ".lock"


@contextmanager
def run_folder(parent: Path) -> Iterator[Path]:
    """Yield a fresh folder in ``parent``, which is gone afterwards.

    Its lock ends with the process, however that ends; a folder whose lock
    nobody holds was left by a process that was killed, and is removed.

    Raises:
        OSError: It cannot be made.
    """
    parent.mkdir(parents=True, exist_ok=True)
    with FileLock(parent / f"{PREFIX.rstrip('-')}.lock"):
        for left in parent.glob(f"{PREFIX}*/"):
            _remove_unless_held(left)
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=PREFIX))
        held = FileLock(folder / _LOCK)
        held.acquire()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        held.release()


def _remove_unless_held(folder: Path) -> None:
    lock = FileLock(folder / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return
    try:
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        lock.release()
