"""The finished site: files that have not changed are taken over from the last one, not written."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any

import attrs

from polybook.execution.whole_file import write_whole
from polybook.side_process import begin, both, can_share, worth_sharing

State = tuple[str, int, int]
"""Digest of a file's content, its time of change in nanoseconds and its size in bytes."""


Maker = Callable[[], Mapping[str, bytes]]
"""Makes files, by their path in the site."""
# How many files a process takes at a time.
_TURN = 8


@attrs.frozen
class _New:
    """A file to be written."""

    name: str
    digest: str
    content: Callable[[], bytes]
    of_others: bool


class Site:
    """A site that is being put together.

    Where the last site has the same file it is linked, so that its time stays
    what it was, for programs that upload what is new.

    Args:
        folder: Where the files go: a fresh folder, or that of the last site.
        last: The folder of the last site; the same, or absent.
        manifest: File that remembers what the last site held.
    """

    def __init__(self, folder: Path, last: Path, manifest: Path) -> None:
        self.folder, self.last, self._manifest = folder, last, manifest
        self._folder, self._last = os.fspath(folder), os.fspath(last)
        self._made: set[str] = set()
        self._before = _read(manifest)
        self._now: dict[str, State] = {}
        self._waiting: list[_New] = []
        self._makers: list[Maker] = []

    def put(
        self, name: str, digest: str, content: Callable[[], bytes], *, of_others: bool = False
    ) -> None:
        """Put a file at its place, at the latest when the site is closed.

        Args:
            name: Path in the site, with slashes.
            digest: Tells what it holds.
            content: Makes it; called only if the last site has no such file, perhaps in another
                process.
            of_others: Whether it is made of other files of the site, which must be there before.
        """
        if self._take_over(name, digest):
            self._now[name] = _state(f"{self._folder}/{name}", digest)
        else:
            self._waiting.append(_New(name, digest, content, of_others))

    def put_bytes(self, name: str, data: bytes) -> None:
        """Put ``data`` at its place."""
        self.put(name, hashlib.sha256(data).hexdigest(), lambda: data)

    def _take_over(self, name: str, digest: str) -> bool:
        """Take a file from the last site; tell whether it is there, as it was left."""
        # Asked for thousands of files: names of paths are put together faster than paths.
        before, old = self._before.get(name), f"{self._last}/{name}"
        try:
            if before is None or before != _state(old, digest):
                return False
            if self.folder != self.last:
                self._make_folder_of(name)
                os.link(old, f"{self._folder}/{name}")
        except OSError:
            # Not there any more, or a file system without links.
            return False
        return True

    def _make_folder_of(self, name: str) -> None:
        parent = os.path.dirname(f"{self._folder}/{name}")
        if parent not in self._made:
            os.makedirs(parent, exist_ok=True)
            self._made.add(parent)

    def add(self, maker: Maker) -> None:
        """Let files be made while others are put and written, in another process if it can be."""
        self._makers.append(begin(maker) if can_share() else maker)

    def write(self) -> None:
        """Write the files that are waiting, in two processes if they are many.

        Raises:
            OSError: One of them cannot be written.
        """
        waiting = [each for each in self._waiting if not each.of_others]
        last = [each for each in self._waiting if each.of_others]
        makers, self._waiting, self._makers = self._makers, [], []
        if worth_sharing(len(waiting)):
            turns = multiprocessing.get_context("fork").Value("i", 0)
            both(lambda: self._take_turns(waiting, turns), lambda: self._take_turns(waiting, turns))
            # Where the other process failed, its files are missing, and fail here with the reason.
            self._write([each for each in waiting if not (self.folder / each.name).exists()])
        else:
            self._write(waiting)
        for made in makers:
            for name, data in made().items():
                self.put_bytes(name, data)
        self._write([*self._waiting, *last])
        for each in (*waiting, *self._waiting, *last):
            self._now[each.name] = _state(f"{self._folder}/{each.name}", each.digest)
        self._waiting = []

    def _take_turns(self, files: Sequence[_New], turns: Synchronized[int]) -> None:
        """Write files that no other process has begun with."""
        while True:
            with turns.get_lock():
                at, turns.value = turns.value, turns.value + _TURN
            if at >= len(files):
                return
            self._write(files[at : at + _TURN])

    def _write(self, files: Sequence[_New]) -> None:
        for each in files:
            self._make_folder_of(each.name)
            place = self.folder / each.name
            aside = place.with_name(f".{place.name}.new")
            aside.write_bytes(each.content())
            os.replace(aside, place)

    def close(self) -> None:
        """Write what is waiting and remember what was put, for the next site.

        Files that are no longer in the site are removed.
        """
        self.write()
        if self.folder == self.last:
            for name in self._before.keys() - self._now.keys():
                (self.folder / name).unlink(missing_ok=True)
        write_whole(self._manifest, json.dumps(self._now, indent=0, sort_keys=True).encode())


def _state(file: str, digest: str) -> State:
    stat = os.stat(file)
    return digest, stat.st_mtime_ns, stat.st_size


def _read(manifest: Path) -> dict[str, State]:
    try:
        found: Any = json.loads(manifest.read_text(encoding="utf-8"))
        return {
            str(name): (str(each[0]), int(each[1]), int(each[2])) for name, each in found.items()
        }
    except (OSError, ValueError, AttributeError, LookupError, TypeError):
        # The first site, or damage: everything is written.
        return {}
