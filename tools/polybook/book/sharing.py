"""The store that a book's builds share: in ``_config.yml``, or in the environment.

::

    polybook:
      store:
        url: s3://bucket/book     # any URL that fsspec knows: s3://, gs://, https://, file:///
        write: false              # whether what runs here is put there as well
        trusted: [ed25519:0f1e…]  # writers whose outputs count; everyone's if left out

The variables ``POLYBOOK_STORE_URL`` and ``POLYBOOK_STORE_WRITE`` (``true`` or
``false``) take the place of the first two; an empty URL means no shared store.
``POLYBOOK_STORE_KEY`` names the file of the private key with which a writer signs.

What executes notebooks asks the shared store for those that this machine's
store lacks, and keeps them there; what renders reads this machine's alone.
Without a URL nothing goes to the network.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import attrs

from polybook.book.needs import Misread
from polybook.source import BookError, Diagnostic

SETTINGS = ("url", "write", "trusted")
URL_VARIABLE = "POLYBOOK_STORE_URL"
WRITE_VARIABLE = "POLYBOOK_STORE_WRITE"
KEY_VARIABLE = "POLYBOOK_STORE_KEY"
"""Names the file of the private key with which what runs here is signed."""

_PUBLIC_KEY = re.compile(r"ed25519:[0-9a-f]{64}")
_URL_EXAMPLES = "write a URL such as s3://bucket/book or file:///srv/book"


@attrs.frozen
class Sharing:
    """Where outputs are shared, and whose count.

    Attributes:
        url: The shared store; empty for none.
        write: Whether what runs here is put there as well.
        trusted: Public keys of the writers whose outputs count; None if
            everyone's do.
        path: The file, or the variable, that names the URL.
        line: Its line there.
    """

    url: str = ""
    write: bool = False
    trusted: tuple[str, ...] | None = None
    path: str = "_config.yml"
    line: int = 1

    def overridden(self, environ: Mapping[str, str]) -> Sharing:
        """Return what holds with these environment variables.

        Raises:
            BookError: The value of one cannot be used.
        """
        found = self
        if (url := environ.get(URL_VARIABLE)) is not None:
            if url and not _is_url(url):
                raise _misused(URL_VARIABLE, url, "is no URL", _URL_EXAMPLES)
            found = attrs.evolve(found, url=url, path=URL_VARIABLE, line=1)
        if write := environ.get(WRITE_VARIABLE):
            if write not in ("true", "false"):
                raise _misused(WRITE_VARIABLE, write, "is no choice", "write true or false")
            found = attrs.evolve(found, write=write == "true")
        return found


NO_SHARING = Sharing()
"""That of a book which does not mention a store."""


def read_sharing(given: Mapping[str, Any]) -> tuple[Sharing, tuple[Misread, ...]]:
    """Return what the settings under ``polybook: store:`` say, and what cannot be read in them.

    Args:
        given: The settings by name; names that are not in ``SETTINGS`` do not count.
    """
    misread = []
    url, write, trusted = given.get("url"), given.get("write", False), given.get("trusted")
    if url is not None and not (isinstance(url, str) and _is_url(url)):
        misread.append(Misread("url", f"'{url}' is no URL", _URL_EXAMPLES))
    if not isinstance(write, bool):
        misread.append(Misread("write", f"'write' cannot be '{write}'", "write true or false"))
    if trusted is not None:
        trusted = tuple(map(str, trusted if isinstance(trusted, list) else [trusted]))
        for key in trusted:
            if not _PUBLIC_KEY.fullmatch(key):
                suggestion = "`polybook store keygen FILE` prints one"
                misread.append(Misread("trusted", f"'{key}' is no public key", suggestion, key))
        if not trusted:
            message = "'trusted' names no key, so that no outputs would count"
            misread.append(Misread("trusted", message, "leave it out to trust everyone"))
    if misread:
        return NO_SHARING, tuple(misread)
    return Sharing(url or "", write, trusted), ()


def _is_url(text: str) -> bool:
    protocol, mark, rest = text.partition("://")
    return bool(protocol and mark and rest)


def _misused(variable: str, value: str, what: str, suggestion: str) -> BookError:
    return BookError(Diagnostic(variable, 1, 1, "invalid-config", f"'{value}' {what}", suggestion))
