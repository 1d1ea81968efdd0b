"""What lies in a store's folder, whole or not."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs

from polybook.execution.record import DamagedError, Record, object_path, read_record, record_path
from polybook.execution.store import Store, stored_bytes
from polybook.execution.whole_file import is_half_written


@attrs.frozen
class File:
    """A file in a store.

    Attributes:
        path: Relative to the store, with ``/``.
        size: In bytes.
        changed: When it was written, in nanoseconds.
    """

    path: str
    size: int
    changed: int


@attrs.frozen(eq=False)
class Entry:
    """A record in a store.

    Attributes:
        file: Its file.
        record: What it says; None if it is damaged.
        damage: How it shows that the record is damaged; empty if it is whole.
    """

    file: File
    record: Record | None
    damage: str = ""

    @property
    def object(self) -> str:
        """Path of the notebook that it names; empty if it is damaged."""
        return object_path(self.record.sha256) if self.record else ""


@attrs.frozen
class Inventory:
    """All files of a store, by what they are.

    Attributes:
        entries: The records, sorted by path.
        objects: The executed notebooks, by path.
        half_written: What writers left that died.
        foreign: What no version of the store put there.
    """

    entries: tuple[Entry, ...]
    objects: dict[str, File]
    half_written: tuple[File, ...]
    foreign: tuple[File, ...]

    @property
    def files(self) -> tuple[File, ...]:
        """All of them."""
        records = (entry.file for entry in self.entries)
        return (*records, *self.objects.values(), *self.half_written, *self.foreign)

    def unreferenced(self, entries: Iterable[Entry]) -> list[File]:
        """Return the notebooks that none of ``entries`` names."""
        named = {entry.object for entry in entries}
        return [file for path, file in self.objects.items() if path not in named]


def take_inventory(store: Store) -> Inventory:
    """Return what lies in ``store``, with its records read and its notebooks not.

    Raises:
        OSError: The folder cannot be read.
    """
    entries, objects, half_written, foreign = [], {}, [], []
    for file in files(store):
        room, _, rest = file.path.partition("/")
        if is_half_written(Path(file.path)):
            half_written.append(file)
        elif room == "records" and file.path.endswith(".json"):
            if entry := _entry(store, file):
                entries.append(entry)
        elif room == "objects" and file.path == object_path(Path(rest).stem):
            objects[file.path] = file
        else:
            foreign.append(file)
    return Inventory(tuple(entries), objects, tuple(half_written), tuple(foreign))


def files(store: Store) -> Iterator[File]:
    """Yield the files in ``store``, sorted by path, without its lock; none if there is no store.

    Raises:
        OSError: The folder cannot be read.
    """
    found = []
    for folder, _, names in os.walk(store.folder, onerror=_raise):
        for name in names:
            path = Path(folder, name)
            relative = path.relative_to(store.folder).as_posix()
            if relative == ".lock":
                continue
            try:
                status = path.lstat()
            except FileNotFoundError:
                # Removed since, by another process.
                continue
            found.append(File(relative, status.st_size, status.st_mtime_ns))
    yield from sorted(found, key=lambda file: file.path)


def object_damage(store: Store, path: str) -> str:
    """Return how it shows that an executed notebook is damaged; empty if it is whole."""
    try:
        content = stored_bytes(store.folder / path)
    except DamagedError as error:
        return str(error)
    if content is None:
        return "the executed notebook is gone"
    if hashlib.sha256(content).hexdigest() != Path(path).stem:
        return "the executed notebook does not match its checksum"
    return ""


def _entry(store: Store, file: File) -> Entry | None:
    try:
        content = stored_bytes(store.folder / file.path)
        if content is None:
            # Removed since, by another process.
            return None
        record = read_record(content)
        if record_path(record) != file.path:
            raise DamagedError("the record belongs to another notebook")
    except DamagedError as error:
        return Entry(file, None, str(error))
    return Entry(file, record)


def _raise(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error
