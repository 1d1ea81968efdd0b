"""A store that others share: the same layout at any URL that fsspec knows.

Nothing here stops a build. What cannot be reached, is damaged or was written
by someone who is not trusted counts as missing, and is told.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import attrs
import fsspec
from fsspec.implementations.local import LocalFileSystem

from polybook.book.sharing import KEY_VARIABLE, Sharing
from polybook.execution.key import Key
from polybook.execution.record import (
    DamagedError,
    Record,
    object_path,
    read_record,
    record_path,
    record_place,
    require_same,
    require_whole,
)
from polybook.execution.signature import signed_by
from polybook.execution.whole_file import write_whole
from polybook.source.diagnostic import BookError, Diagnostic


@attrs.frozen
class Copy:
    """A record and its notebook, as they lie in a store: both whole.

    Attributes:
        record: The record.
        content: Its bytes, with the signature that they may hold.
        data: The notebook's bytes.
    """

    record: Record
    content: bytes
    data: bytes


class _UnreachableError(Exception):
    """The store did not answer; the cause says why."""


@attrs.define(eq=False, slots=False)
class SharedStore:
    """Executed notebooks at a URL. Any number of threads may use it.

    Attributes:
        sharing: Where it is, whether to write to it, and whose outputs count.
        warn: Told once of each way in which it does not work, and of each
            damaged record.

    Raises:
        BookError: fsspec knows no such URL.
    """

    sharing: Sharing
    warn: Callable[[Diagnostic], None]

    def __attrs_post_init__(self) -> None:
        self._lock = threading.Lock()
        self._told: set[str] = set()
        self._missing: set[str] = set()
        protocol = self.sharing.url.partition("://")[0].rpartition("::")[2]
        if protocol not in {*fsspec.available_protocols(), *fsspec.registry}:
            raise BookError(
                Diagnostic(
                    self.sharing.path,
                    self.sharing.line,
                    1,
                    "invalid-config",
                    f"no store can be at '{self.sharing.url}': '{protocol}' is not known",
                    "write a URL such as s3://bucket/book or file:///srv/book",
                )
            )

    def fetch(self, page: str, framework: str, key: Key) -> Copy | None:
        """Return the notebook executed under ``key``; None if there is none that counts.

        One that is not there is not asked for again.
        """
        place = record_place(page, framework, key)
        if place in self._missing or "unreachable-store" in self._told:
            # Each further try might wait as long as the first.
            return None
        copy = self._fetch(place, page, framework, key)
        if copy is None:
            self._missing.add(place)
        return copy

    def put(self, record: Record, content: bytes, data: bytes) -> None:
        """Put a record, given with its bytes, and its notebook there, if that is wanted."""
        if not self.sharing.write or "not-shared" in self._told:
            return
        if self.sharing.trusted is not None and not signed_by(content, self.sharing.trusted):
            # It would take the place of outputs that count.
            self._tell(
                "not-shared",
                "outputs are not written to the shared store, which trusts other writers only",
                f"set {KEY_VARIABLE} to the private key of a trusted writer, or `write: false`",
            )
            return
        try:
            self._write(object_path(record.sha256), data)
            self._write(record_path(record), content)
        # Each of fsspec's file systems raises errors of its own.
        except Exception as error:
            self._tell(
                "not-shared",
                f"outputs cannot be written to the shared store {self.sharing.url}: "
                f"{_reason(error)}",
            )

    def _fetch(self, place: str, page: str, framework: str, key: Key) -> Copy | None:
        try:
            content = self._get(place)
            return self._whole(content, page, framework, key) if content is not None else None
        except DamagedError as error:
            self.warn(
                Diagnostic(
                    path=page,
                    line=1,
                    column=1,
                    code="damaged-outputs",
                    message=f"the shared {framework} outputs count as missing: {error}",
                    suggestion="run `polybook execute` where it may write to the shared store",
                    severity="warning",
                )
            )
        except _UnreachableError as error:
            self._tell(
                "unreachable-store",
                f"the shared store {self.sharing.url} cannot be read, "
                f"so what only it has counts as missing: {_reason(error.__cause__)}",
            )
        return None

    def _get(self, path: str) -> bytes | None:
        try:
            return self._system.cat_file(f"{self._root}/{path}")
        except FileNotFoundError:
            return None
        # Each of fsspec's file systems raises errors of its own.
        except Exception as error:
            raise _UnreachableError from error

    def _whole(self, content: bytes, page: str, framework: str, key: Key) -> Copy | None:
        record = read_record(content)
        require_same(record, page, framework, key)
        trusted = self.sharing.trusted
        if trusted is not None and not signed_by(content, trusted):
            self._tell(
                "untrusted-outputs",
                "the shared store holds outputs that no trusted writer has signed, such as "
                f"those of {page} ({framework}); all of them count as missing",
                "`trusted` under `polybook: store:` says who is trusted",
            )
            return None
        data = require_whole(self._get(object_path(record.sha256)), record)
        return Copy(record, content, data)

    def _write(self, path: str, data: bytes) -> None:
        place = f"{self._root}/{path}"
        if isinstance(self._system, LocalFileSystem):
            write_whole(Path(place), data)
            return
        # An object store shows a new object when all of it is there; elsewhere
        # a reader may meet half of one, and its checksum tells.
        try:
            self._system.pipe_file(place, data)
        except FileNotFoundError:
            self._system.makedirs(place.rpartition("/")[0], exist_ok=True)
            self._system.pipe_file(place, data)

    @cached_property
    def _place(self) -> tuple[fsspec.AbstractFileSystem, str]:
        # Not before it is needed: some file systems log in here.
        system, root = fsspec.core.url_to_fs(self.sharing.url)
        return system, root.rstrip("/")

    @property
    def _system(self) -> fsspec.AbstractFileSystem:
        return self._place[0]

    @property
    def _root(self) -> str:
        return self._place[1]

    def _tell(self, code: str, message: str, suggestion: str = "") -> None:
        with self._lock:
            if code in self._told:
                return
            self._told.add(code)
        self.warn(
            Diagnostic(
                path=self.sharing.path,
                line=self.sharing.line,
                column=1,
                code=code,
                message=message,
                suggestion=suggestion,
                severity="warning",
            )
        )


def _reason(error: BaseException | None) -> str:
    """Say in one line what went wrong; for a missing package fsspec says which to install."""
    text = getattr(error, "strerror", None) or str(error)
    return text.strip().partition("\n")[0] or type(error).__name__
