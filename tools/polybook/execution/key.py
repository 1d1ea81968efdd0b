"""The freshness key: what the outputs of a notebook depend on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cached_property
from typing import Literal

import attrs

RUNNER_VERSION = "4"
"""Counted up when the runner changes what a stored output looks like."""

PartKind = Literal[
    "cell", "symbol", "environment", "variable", "data", "requirement", "need", "runner"
]


def digest(text: str) -> str:
    """Return the SHA-256 of ``text`` as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


@attrs.frozen
class Part:
    """One thing that a notebook's outputs depend on.

    Attributes:
        kind: What it is.
        name: Its name: of a cell its number from 1, of a symbol its qualified
            name in the library (``Trainer.fit``), of data its path.
        digest: Its content, as a digest or a short text.
    """

    kind: PartKind
    name: str
    digest: str


@attrs.frozen
class Change:
    """How one part differs from that of an older key."""

    kind: PartKind
    name: str
    what: Literal["changed", "new", "gone"]


@attrs.frozen(slots=False)
class Key:
    """The parts that decide a notebook's outputs, cells first and in order."""

    parts: tuple[Part, ...]

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all parts, as 64 hexadecimal digits."""
        return digest(json.dumps(self.to_json()))

    def to_json(self) -> list[list[str]]:
        """Return the parts as plain JSON values."""
        return [[part.kind, part.name, part.digest] for part in self.parts]

    @classmethod
    def from_json(cls, values: Iterable[tuple[PartKind, str, str]]) -> Key:
        """Return the key that :meth:`to_json` wrote."""
        return cls(tuple(Part(kind, name, content) for kind, name, content in values))

    def changes(self, older: Key) -> tuple[Change, ...]:
        """Return what differs from ``older``: cells in order, what changed, is new, is gone."""
        old, new = older._others(), self._others()
        return (
            *_cell_changes(older._cells(), self._cells()),
            *(Change(*at, "changed") for at in new if at in old and old[at] != new[at]),
            *(Change(*at, "new") for at in new if at not in old),
            *(Change(*at, "gone") for at in old if at not in new),
        )

    def _cells(self) -> list[str]:
        return [part.digest for part in self.parts if part.kind == "cell"]

    def _others(self) -> dict[tuple[PartKind, str], str]:
        return {(p.kind, p.name): p.digest for p in self.parts if p.kind != "cell"}


def _cell_changes(old: list[str], new: list[str]) -> Iterable[Change]:
    """Compare cells by content: one that is inserted does not change those below it."""
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        both = min(i2 - i1, j2 - j1)
        yield from (Change("cell", str(j + 1), "changed") for j in range(j1, j1 + both))
        yield from (Change("cell", str(j + 1), "new") for j in range(j1 + both, j2))
        yield from (Change("cell", str(i + 1), "gone") for i in range(i1 + both, i2))
