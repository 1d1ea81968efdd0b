"""Which files of a book change while it is open.

The folders of a book are watched one by one: what is built, environments and the like hold more
files than all chapters, and nobody edits them.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection
from pathlib import Path

from watchfiles import Change, watch

from polybook.book.config import BUILD_FOLDER

DEBOUNCE, STEP = 20, 5
"""Milliseconds: most that is waited for further changes, and for how long none must come."""

_LEFT_OUT = frozenset({BUILD_FOLDER, "__pycache__", "node_modules"})
# What editors write beside a file for a moment or as a copy.
_BESIDE = ("~", ".swp", ".swx", ".tmp", ".bak", ".orig", ".part")


class Watcher:
    """Watches in a thread of its own; use it as a context manager.

    Args:
        folder: The book's folder.
        outside: Returns the files elsewhere that the book is made from, as they become known.
        listener: Called, in that thread, with the files that have changed, relative to the
            folder with slashes, or absolute outside of it.
    """

    def __init__(
        self,
        folder: Path,
        outside: Callable[[], Collection[str]],
        listener: Callable[[frozenset[str]], None],
    ) -> None:
        self._folder, self._outside, self._listener = folder, outside, listener
        self._stop = threading.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="watcher", daemon=True)

    def __enter__(self) -> Watcher:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *error: object) -> None:
        """Watch no more."""
        self._stop.set()
        self._thread.join()

    def _serve(self) -> None:
        known, known_outside = self._folders(), self._outside()
        while not self._stop.is_set():
            for changes in watch(
                *sorted(known),
                watch_filter=self._counts,
                debounce=DEBOUNCE,
                step=STEP,
                stop_event=self._stop,
                # So that a first round comes at once, which tells that it watches.
                rust_timeout=500,
                yield_on_timeout=True,
                recursive=False,
            ):
                self._ready.set()
                if not changes and self._outside() == known_outside:
                    continue
                now, known_outside = self._folders(), self._outside()
                found = {self._name(path) for _, path in changes if not os.path.isdir(path)}
                # Files that came with a folder were there before anybody watched it.
                for new in now - known:
                    found |= {
                        self._name(entry.path)
                        for entry in os.scandir(new)
                        if entry.is_file() and self._counts(Change.added, entry.path)
                    }
                if found:
                    self._listener(frozenset(found))
                if now != known:
                    known = now
                    break

    def _folders(self) -> set[str]:
        found = {os.path.dirname(path) for path in self._outside()}
        waiting = [os.fspath(self._folder)]
        while waiting:
            folder = waiting.pop()
            try:
                entries = list(os.scandir(folder))
            except OSError:
                continue
            if any(entry.name == "pyvenv.cfg" for entry in entries):
                # A virtual environment, whatever its name.
                continue
            found.add(folder)
            waiting += [
                entry.path
                for entry in entries
                if entry.is_dir(follow_symlinks=False)
                and entry.name not in _LEFT_OUT
                and not entry.name.startswith(".")
            ]
        return {folder for folder in found if os.path.isdir(folder)}

    def _counts(self, change: Change, path: str) -> bool:
        name = os.path.basename(path)
        if not path.startswith(f"{self._folder}{os.sep}"):
            return path in self._outside()
        return not (name.startswith((".", "#")) or name.endswith(_BESIDE) or name in _LEFT_OUT)

    def _name(self, path: str) -> str:
        if path.startswith(f"{self._folder}{os.sep}"):
            return Path(path).relative_to(self._folder).as_posix()
        return path
