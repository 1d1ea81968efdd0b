"""The finished site: files that have not changed are taken over from the last one, not written."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from polybook.execution.whole_file import write_whole

State = tuple[str, int, int]
"""Digest of a file's content, its time of change in nanoseconds and its size in bytes."""


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
        self._before = _read(manifest)
        self._now: dict[str, State] = {}

    def put(self, name: str, digest: str, content: Callable[[], bytes]) -> None:
        """Put a file at its place.

        Args:
            name: Path in the site, with slashes.
            digest: Tells what it holds.
            content: Makes it; called only if the last site has no such file.
        """
        place = self.folder / name
        if not self._take_over(name, digest):
            place.parent.mkdir(parents=True, exist_ok=True)
            aside = place.with_name(f".{place.name}.new")
            aside.write_bytes(content())
            os.replace(aside, place)
        self._now[name] = _state(place, digest)

    def put_bytes(self, name: str, data: bytes) -> None:
        """Put ``data`` at its place."""
        self.put(name, hashlib.sha256(data).hexdigest(), lambda: data)

    def _take_over(self, name: str, digest: str) -> bool:
        """Take a file from the last site; tell whether it is there, as it was left."""
        before, old = self._before.get(name), self.last / name
        try:
            if before is None or before != _state(old, digest):
                return False
            if self.folder != self.last:
                place = self.folder / name
                place.parent.mkdir(parents=True, exist_ok=True)
                os.link(old, place)
        except OSError:
            # Not there any more, or a file system without links.
            return False
        return True

    def close(self) -> None:
        """Remember what was put, for the next site; remove what is no longer in this one."""
        if self.folder == self.last:
            for name in self._before.keys() - self._now.keys():
                (self.folder / name).unlink(missing_ok=True)
        write_whole(self._manifest, json.dumps(self._now, indent=0, sort_keys=True).encode())


def _state(file: Path, digest: str) -> State:
    stat = file.stat()
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
