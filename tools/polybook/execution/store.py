"""The store: executed notebooks under their keys, in a folder.

The layout is that of :mod:`polybook.execution.record`. A notebook is written
first and its record last, each aside and renamed, so what a record names is
whole; both are verified whenever they are read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import nbformat
from filelock import FileLock
from nbformat import NotebookNode

from polybook.execution.key import Key
from polybook.execution.record import (
    DamagedError,
    Record,
    Signs,
    notebook_bytes,
    object_path,
    read_record,
    record_bytes,
    record_folder,
    record_path,
    record_place,
    require_same,
    require_whole,
)
from polybook.execution.whole_file import write_whole
from polybook.source.diagnostic import Diagnostic

if TYPE_CHECKING:
    from polybook.execution.shared import SharedStore


_DOWNLOADS = 16
"""How many notebooks are fetched at the same time."""


@attrs.frozen
class Stored:
    """An executed notebook and its record.

    Attributes:
        record: What tells of the run.
        data: The notebook's file, as it was put.
    """

    record: Record
    data: bytes = attrs.field(repr=False)

    @cached_property
    def notebook(self) -> NotebookNode:
        """The notebook; read when it is asked for, as many ask only whether there is one."""
        # It is what was put, digit for digit, so it need not be validated.
        return nbformat.v4.reads_json(self.data.decode(errors="surrogatepass"))


def _ignore(diagnostic: Diagnostic) -> None:
    pass


@attrs.frozen
class Store:
    """Executed notebooks in a folder, which several builds may use at the same time.

    Attributes:
        folder: Where they are; made when the first one is put.
        warn: Told about each damaged notebook that :meth:`get` passes over.
        shared: Asked for what is not here, and handed what is put; None for
            neither.
        signer: Signs what is put; None to sign nothing.
    """

    folder: Path
    warn: Callable[[Diagnostic], None] = _ignore
    shared: SharedStore | None = None
    signer: Signs | None = None

    def get(self, page: str, framework: str, key: Key) -> Stored | None:
        """Return the notebook executed under ``key``, or None; damaged ones count as missing."""
        try:
            return self.read(page, framework, key)
        except DamagedError as error:
            self.warn(damage(page, framework, error))
            return None

    def read(self, page: str, framework: str, key: Key) -> Stored | None:
        """Return the notebook executed under ``key``, or None if there is none.

        Raises:
            DamagedError: There is one, but it is not what was put.
        """
        record, data = self._read(page, framework, key)
        if record is None:
            return None
        return Stored(record, data)

    def find(self, page: str, framework: str, key: Key) -> Record | None:
        """Return the record under ``key``, without reading the notebook into memory's objects.

        Raises:
            DamagedError: There is one, but it or its notebook is not what was put.
        """
        return self._read(page, framework, key)[0]

    def prefetch(self, wanted: Iterable[tuple[str, str, Key]]) -> None:
        """Fetch what is missing here from the shared store, many notebooks at a time.

        Args:
            wanted: Page, framework and key of each notebook that will be asked for.
        """
        if not self.shared:
            return
        missing = [each for each in wanted if not (self.folder / record_place(*each)).exists()]
        # What takes time is the way there and back.
        with ThreadPoolExecutor(_DOWNLOADS, thread_name_prefix="fetch") as pool:
            list(pool.map(lambda each: self._fetch(*each), missing))

    def put(self, notebook: NotebookNode, record: Record) -> Record:
        """Keep ``notebook`` and return ``record`` with the notebook's digest.

        Raises:
            OSError: It cannot be written; the store is as it was.
        """
        data = notebook_bytes(notebook)
        record = attrs.evolve(record, sha256=hashlib.sha256(data).hexdigest())
        self.write(record, data)
        return record

    def write(self, record: Record, data: bytes) -> None:
        """Keep the bytes of a notebook, whose digest ``record`` names.

        Raises:
            OSError: It cannot be written; the store is as it was.
        """
        content = record_bytes(record, self.signer)
        self._write(record, content, data)
        if self.shared:
            self.shared.put(record, content, data)

    def locked(self) -> FileLock:
        """Return a lock that keeps what is being written apart from what is being removed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self.folder / ".lock")

    def latest(self, page: str, framework: str) -> Record | None:
        """Return the record that was written last, if any can be read; its notebook may be gone."""
        for file in self._newest_first(page, framework):
            try:
                return read_record(file.read_bytes())
            except (DamagedError, OSError):
                continue
        return None

    def _read(self, page: str, framework: str, key: Key) -> tuple[Record | None, bytes]:
        try:
            record, data = self._read_here(page, framework, key)
        except DamagedError:
            # What is shared takes the place of what is damaged.
            record, data = self._fetch(page, framework, key)
            if record is None:
                raise
            return record, data
        return (record, data) if record else self._fetch(page, framework, key)

    def _read_here(self, page: str, framework: str, key: Key) -> tuple[Record | None, bytes]:
        content = stored_bytes(self.folder / record_place(page, framework, key))
        if content is None:
            return None, b""
        record = read_record(content)
        require_same(record, page, framework, key)
        return record, require_whole(stored_bytes(self.folder / object_path(record.sha256)), record)

    def _fetch(self, page: str, framework: str, key: Key) -> tuple[Record | None, bytes]:
        copy = self.shared.fetch(page, framework, key) if self.shared else None
        if copy is None:
            return None, b""
        try:
            self._write(copy.record, copy.content, copy.data)
        except OSError as error:
            # Who renders reads what is here, so what cannot be kept is not there.
            self.warn(_not_fetched(page, framework, error))
            return None, b""
        return copy.record, copy.data

    def _write(self, record: Record, content: bytes, data: bytes) -> None:
        with self.locked():
            write_whole(self.folder / object_path(record.sha256), data)
            write_whole(self.folder / record_path(record), content)

    def _newest_first(self, page: str, framework: str) -> Iterator[Path]:
        # The record holds no clock, which would make equal runs differ.
        found = []
        for file in (self.folder / record_folder(page, framework)).glob("*.json"):
            try:
                found.append((file.stat().st_mtime_ns, file))
            except OSError:
                continue
        return (file for _, file in sorted(found, reverse=True))


def damage(page: str, framework: str, error: DamagedError) -> Diagnostic:
    """Return the warning that a stored notebook counts as missing."""
    return Diagnostic(
        path=page,
        line=1,
        column=1,
        code="damaged-outputs",
        message=f"the stored {framework} outputs count as missing: {error}",
        suggestion="run `polybook execute`",
        severity="warning",
    )


def _not_fetched(page: str, framework: str, error: OSError) -> Diagnostic:
    reason = error.strerror or error
    return Diagnostic(
        path=page,
        line=1,
        column=1,
        code="not-fetched",
        message=f"the shared {framework} outputs cannot be kept here: {reason}",
        suggestion="make room in _build/store",
        severity="warning",
    )


def stored_bytes(file: Path) -> bytes | None:
    """Return what is in a file of a store; None if there is none.

    Raises:
        DamagedError: It cannot be read.
    """
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DamagedError(f"it cannot be read: {error.strerror}") from error
