"""The store: executed notebooks, each one file under its key.

``<folder>/<framework>/<page without .md>/<key>.ipynb``. A file is written
aside and renamed, so it is whole or not there; it holds the digest of its own
content, so damage is noticed when it is read.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import nbformat
from nbformat import NotebookNode

from polybook.execution.key import Key, digest
from polybook.source.diagnostic import Diagnostic


@attrs.frozen
class Record:
    """How a stored notebook came about; kept as its ``metadata.polybook``.

    Attributes:
        page: The chapter's file, relative to the book's folder.
        framework: The framework whose notebook it is.
        key: What the outputs depend on.
        seconds: Time that the run took, with its kernel's start and end.
        peak_memory: Most memory that the kernel and its children held, in bytes.
        versions: Versions of the packages that the environment names.
        python: Version of the kernel's Python.
    """

    page: str
    framework: str
    key: Key
    seconds: float
    peak_memory: int
    versions: dict[str, str]
    python: str

    def to_json(self) -> dict[str, Any]:
        """Return the record as plain JSON values."""
        return {**attrs.asdict(self, recurse=False), "key": [list(part) for part in self.key.parts]}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Record:
        """Return the record that :meth:`to_json` wrote."""
        fields = {field.name: values[field.name] for field in attrs.fields(cls)}
        key = Key(tuple((name, part) for name, part in values["key"]))
        return cls(**{**fields, "key": key, "versions": dict(values["versions"])})


class DamagedError(Exception):
    """A stored notebook was truncated or altered; the text says how it shows."""


def record_of(notebook: NotebookNode) -> Record:
    """Return the record of a notebook that came out of a store."""
    return Record.from_json(notebook.metadata["polybook"])


def _ignore(diagnostic: Diagnostic) -> None:
    pass


@attrs.frozen
class Store:
    """Executed notebooks in a folder.

    Attributes:
        folder: Where they are; made when the first one is put.
        warn: Told about each damaged notebook that :meth:`get` passes over.
    """

    folder: Path
    warn: Callable[[Diagnostic], None] = _ignore

    def get(self, page: str, framework: str, key: Key) -> NotebookNode | None:
        """Return the notebook executed under ``key``, or None; damaged ones count as missing."""
        try:
            return self.read(page, framework, key)
        except DamagedError as error:
            self.warn(
                Diagnostic(
                    path=page,
                    line=1,
                    column=1,
                    code="damaged-outputs",
                    message=f"the stored {framework} outputs count as missing: {error}",
                    suggestion="run `polybook execute`",
                    severity="warning",
                )
            )
            return None

    def read(self, page: str, framework: str, key: Key) -> NotebookNode | None:
        """Return the notebook executed under ``key``, or None if there is none.

        Raises:
            DamagedError: There is one, but it is not what was put.
        """
        notebook = _load(self._place(page, framework) / f"{key.digest}.ipynb")
        if notebook is not None:
            record = record_of(notebook)
            if (record.page, record.framework, record.key) != (page, framework, key):
                raise DamagedError("the file belongs to another notebook")
        return notebook

    def put(self, notebook: NotebookNode, record: Record) -> Path:
        """Keep ``notebook`` with its ``record`` and return the file.

        The notebook's own metadata stays; only ``metadata.polybook`` becomes
        the record.
        """
        content = json.loads(nbformat.writes(notebook))
        content["metadata"]["polybook"] = record.to_json()
        content["metadata"]["polybook"]["sha256"] = _checksum(content)
        text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        place = self._place(record.page, record.framework)
        place.mkdir(parents=True, exist_ok=True)
        file = place / f"{record.key.digest}.ipynb"
        _write_whole(file, text.encode())
        return file

    def latest(self, page: str, framework: str) -> Record | None:
        """Return the record of the notebook that was finished last, if any is whole."""
        for file in self._newest_first(page, framework):
            try:
                notebook = _load(file)
            except DamagedError:
                continue
            if notebook is not None:
                return record_of(notebook)
        return None

    def _place(self, page: str, framework: str) -> Path:
        return self.folder / framework / page.removesuffix(".md")

    def _newest_first(self, page: str, framework: str) -> list[Path]:
        # The record holds no clock, which would make equal runs differ.
        files = self._place(page, framework).glob("*.ipynb")
        return sorted(files, key=lambda file: (file.stat().st_mtime_ns, file), reverse=True)


def _checksum(content: dict[str, Any]) -> str:
    return digest(json.dumps(content, sort_keys=True))


def _load(file: Path) -> NotebookNode | None:
    try:
        text = file.read_bytes().decode()
        content = json.loads(text)
        claimed = content["metadata"]["polybook"].pop("sha256")
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedError("the file is not a whole notebook") from error
    if _checksum(content) != claimed:
        raise DamagedError("the content does not match its checksum")
    return nbformat.reads(text, as_version=4)


def _write_whole(file: Path, data: bytes) -> None:
    aside = file.with_name(f".{file.stem}.{os.getpid()}.{threading.get_ident()}.tmp")
    try:
        with aside.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(aside, file)
    finally:
        aside.unlink(missing_ok=True)
