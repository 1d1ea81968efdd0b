"""A record: how an executed notebook came about, and where both lie in any store.

``records/<framework>/<page without .md>/<key>.json`` says how a notebook came
about and names its outputs, ``objects/<first two digits>/<sha256>.ipynb``.
What is here knows paths and bytes, and neither reads nor writes a file.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, Protocol

import attrs
import nbformat
from nbformat import NotebookNode

from polybook.execution.key import Key

_SHA256 = re.compile(r"[0-9a-f]{64}")


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
class Signature:
    """Who vouches for a record.

    Attributes:
        by: The writer's public key, as configurations name it.
        value: The signature in hexadecimal digits.
    """

    by: str
    value: str


class Signs(Protocol):
    """Whoever can sign records."""

    def sign(self, data: bytes) -> Signature:
        """Return the signature of ``data``."""


class DamagedError(Exception):
    """A stored notebook was truncated or altered; the text says how it shows."""


def record_folder(page: str, framework: str) -> str:
    """Return where in a store the records of one notebook lie."""
    return f"records/{framework}/{page.removesuffix('.md')}"


def record_place(page: str, framework: str, key: Key) -> str:
    """Return where in a store the record of a notebook under ``key`` lies."""
    return f"{record_folder(page, framework)}/{key.digest}.json"


def record_path(record: Record) -> str:
    """Return where in a store ``record`` lies."""
    return record_place(record.page, record.framework, record.key)


def object_path(sha256: str) -> str:
    """Return where in a store the notebook with this digest lies."""
    return f"objects/{sha256[:2]}/{sha256}.ipynb"


def notebook_bytes(notebook: NotebookNode) -> bytes:
    """Return the bytes that are stored of a notebook; equal ones have equal bytes."""
    content = json.loads(nbformat.writes(notebook))
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode(
        errors="surrogatepass"
    )


def record_bytes(record: Record, signer: Signs | None = None) -> bytes:
    """Return the bytes that are stored of a record: its checksum and, with ``signer``, a signature.

    Both cover all of the record, and so the digest of the notebook.
    """
    content = record.to_json()
    parts: dict[str, Any] = {"checksum": _checksum(content), "record": content}
    if signer:
        parts["signature"] = attrs.asdict(signer.sign(_covered(content)))
    return (json.dumps(parts) + "\n").encode()


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
        record = Record.from_json(values)
        if not _SHA256.fullmatch(record.sha256):
            # It becomes part of a path.
            raise DamagedError("the record names no notebook")
        return record
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedError("the record is not whole") from error


def read_signature(data: bytes) -> tuple[Signature, bytes] | None:
    """Return the signature in a record's bytes and the bytes that it covers; None without one."""
    try:
        content = json.loads(data)
        given = content["signature"]
        return Signature(str(given["by"]), str(given["value"])), _covered(content["record"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def require_same(record: Record, page: str, framework: str, key: Key) -> None:
    """Raise DamagedError if ``record`` is not that of this notebook under this key."""
    if (record.page, record.framework, record.key) != (page, framework, key):
        raise DamagedError("the record belongs to another notebook")


def require_whole(data: bytes | None, record: Record) -> bytes:
    """Return the notebook's bytes if they are those that ``record`` names.

    Raises:
        DamagedError: They are missing or others.
    """
    if data is None:
        raise DamagedError("the executed notebook is gone")
    if hashlib.sha256(data).hexdigest() != record.sha256:
        raise DamagedError("the executed notebook does not match its checksum")
    return data


def _checksum(values: dict[str, Any]) -> str:
    return hashlib.sha256(_covered(values)).hexdigest()


def _covered(values: dict[str, Any]) -> bytes:
    return json.dumps(values, sort_keys=True).encode()
