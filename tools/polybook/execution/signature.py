"""Who computed a record: Ed25519 signatures, and the keys for them.

A public key is written ``ed25519:`` and 64 hexadecimal digits; a private one
is a PEM file. A signature covers all of a record, the digest of its notebook
included, and stands in the record's file, so it comes along wherever that is
copied.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

import attrs
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from polybook.execution.record import Signature, read_signature
from polybook.source.diagnostic import BookError, Diagnostic

_PREFIX = "ed25519:"
# The key signs records only, whatever else it may be used for one day.
_PURPOSE = b"polybook record\n"


@attrs.frozen
class Signer:
    """Signs with a private key."""

    _private: Ed25519PrivateKey = attrs.field(repr=False)

    @property
    def public(self) -> str:
        """The public key, as configurations name it."""
        return _PREFIX + self._private.public_key().public_bytes_raw().hex()

    def sign(self, data: bytes) -> Signature:
        """Return the signature of ``data``; equal data have equal ones."""
        return Signature(self.public, self._private.sign(_PURPOSE + data).hex())


def signed_by(content: bytes, trusted: Collection[str]) -> bool:
    """Say whether one of these public keys vouches for a record, given its file's bytes."""
    found = read_signature(content)
    if found is None or found[0].by not in trusted:
        return False
    signature, covered = found
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signature.by.removeprefix(_PREFIX)))
        key.verify(bytes.fromhex(signature.value), _PURPOSE + covered)
    except (InvalidSignature, ValueError):
        return False
    return True


def load_signer(file: Path) -> Signer:
    """Return the signer whose private key is in ``file``.

    Raises:
        BookError: The file cannot be read or holds no such key.
    """
    try:
        private = load_pem_private_key(file.read_bytes(), password=None)
    except OSError as error:
        raise _unusable(file, f"the private key cannot be read: {error.strerror}") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        private = None
    if not isinstance(private, Ed25519PrivateKey):
        raise _unusable(file, "this is no Ed25519 private key")
    return Signer(private)


def generate_key(file: Path) -> str:
    """Write a new private key, which only the owner may read, and return its public key.

    Raises:
        BookError: The file exists, or cannot be written.
    """
    private = Ed25519PrivateKey.generate()
    text = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(text)
    except FileExistsError:
        raise _unusable(file, "there is a file already, and it may be a key in use") from None
    except OSError as error:
        raise _unusable(file, f"the private key cannot be written: {error.strerror}") from None
    return Signer(private).public


def _unusable(file: Path, message: str) -> BookError:
    suggestion = "`polybook store keygen FILE` makes a new one"
    return BookError(Diagnostic(str(file), 1, 1, "unusable-key", message, suggestion))
