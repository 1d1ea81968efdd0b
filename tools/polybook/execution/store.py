"""The store: executed notebooks under their keys.

``records/<framework>/<page without .md>/<key>.json`` says how a notebook came
about and names its outputs, ``objects/<first two digits>/<sha256>.ipynb``. The
object is written first and the record last, each aside and renamed, so what a
record names is whole; both are verified whenever they are read.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import nbformat
from filelock import FileLock
from nbformat import NotebookNode

from polybook.execution.key import Key
from polybook.source.diagnostic import Diagnostic


@attrs.frozen
class Record:
    """How a stored notebook came about.

    Attributes:
        page: The chapter's file, relative to the book's folder.
        framework: The framework whose notebook it is.
        key: What the outputs depend on.
        seconds: Time that the run took, with its kernel's start and end.
        peak_memory: Most memory that the kernel and its children held, in bytes.
        versions: Versions of the packages that the environment names.
        python: Version of the kernel's Python.
        host: Kind of machine that ran it, such as ``Linux x86_64``.
        sha256: Digest of the executed notebook's bytes; the store fills it in.
    """

    page: str
    framework: str
    key: Key
    seconds: float
    peak_memory: int
    versions: dict[str, str]
    python: str
    host: str = ""
    sha256: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the record as plain JSON values."""
        return {**attrs.asdict(self, recurse=False), "key": self.key.to_json()}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Record:
        """Return the record that :meth:`to_json` wrote.

        Raises:
            KeyError, TypeError, ValueError: These are no such values.
        """
        fields = {field.name: values[field.name] for field in attrs.fields(cls)}
        return cls(**{**fields, "key": Key.from_json(values["key"])})


@attrs.frozen
class Stored:
    """An executed notebook and its record."""

    notebook: NotebookNode
    record: Record


class DamagedError(Exception):
    """A stored notebook was truncated or altered; the text says how it shows."""


def _ignore(diagnostic: Diagnostic) -> None:
    pass


@attrs.frozen
class Store:
    """Executed notebooks in a folder, which several builds may use at the same time.

    Attributes:
        folder: Where they are; made when the first one is put.
        warn: Told about each damaged notebook that :meth:`get` passes over.
    """

    folder: Path
    warn: Callable[[Diagnostic], None] = _ignore

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
        # It is what was put, digit for digit, so it need not be validated.
        return Stored(nbformat.v4.reads_json(data.decode(errors="surrogatepass")), record)

    def find(self, page: str, framework: str, key: Key) -> Record | None:
        """Return the record under ``key``, without reading the notebook into memory's objects.

        Raises:
            DamagedError: There is one, but it or its notebook is not what was put.
        """
        return self._read(page, framework, key)[0]

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
        with self.locked():
            _write_whole(self.folder / object_path(record.sha256), data)
            _write_whole(self.folder / record_path(record), record_bytes(record))

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
        place = self.folder / record_folder(page, framework) / f"{key.digest}.json"
        content = _bytes(place)
        if content is None:
            return None, b""
        record = read_record(content)
        if (record.page, record.framework, record.key) != (page, framework, key):
            raise DamagedError("the record belongs to another notebook")
        data = _bytes(self.folder / object_path(record.sha256))
        if data is None:
            raise DamagedError("the executed notebook is gone")
        if hashlib.sha256(data).hexdigest() != record.sha256:
            raise DamagedError("the executed notebook does not match its checksum")
        return record, data

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


def record_folder(page: str, framework: str) -> str:
    """Return where in a store the records of one notebook lie."""
    return f"records/{framework}/{page.removesuffix('.md')}"


def record_path(record: Record) -> str:
    """Return where in a store ``record`` lies."""
    return f"{record_folder(record.page, record.framework)}/{record.key.digest}.json"


def object_path(sha256: str) -> str:
    """Return where in a store the notebook with this digest lies."""
    return f"objects/{sha256[:2]}/{sha256}.ipynb"


def notebook_bytes(notebook: NotebookNode) -> bytes:
    """Return the bytes that are stored of a notebook; equal ones have equal bytes."""
    content = json.loads(nbformat.writes(notebook))
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode(
        errors="surrogatepass"
    )


def record_bytes(record: Record) -> bytes:
    """Return the bytes that are stored of a record, its own checksum among them."""
    content = record.to_json()
    return (json.dumps({"checksum": _checksum(content), "record": content}) + "\n").encode()


def read_record(data: bytes) -> Record:
    """Return the record of which these are the bytes.

    Raises:
        DamagedError: They are not as they were written.
    """
    try:
        content = json.loads(data)
        values, claimed = content["record"], content["checksum"]
        if _checksum(values) != claimed:
            raise DamagedError("the record does not match its checksum")
        return Record.from_json(values)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedError("the record is not whole") from error


def _checksum(values: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _bytes(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DamagedError(f"it cannot be read: {error.strerror}") from error


def _write_whole(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f".{file.stem}.{os.getpid()}.{threading.get_ident()}.tmp")
    try:
        with aside.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(aside, file)
    finally:
        aside.unlink(missing_ok=True)
