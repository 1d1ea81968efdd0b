"""The freshness key: what the outputs of a notebook depend on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

import attrs

RUNNER_VERSION = "1"
"""Counted up when the runner changes what a stored output looks like."""


def digest(text: str) -> str:
    """Return the SHA-256 of ``text`` as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


@attrs.frozen
class Key:
    """The named parts that decide a notebook's outputs.

    Attributes:
        parts: Pairs of a name that a person can read (``"cell 3"``,
            ``"d2l.Trainer"``, ``"environment"``) and a digest of that part,
            in a fixed order.
    """

    parts: tuple[tuple[str, str], ...]

    @property
    def digest(self) -> str:
        """SHA-256 over all parts, as 64 hexadecimal digits."""
        return digest(json.dumps(self.parts))

    def difference(self, older: Iterable[tuple[str, str]]) -> str:
        """Say in words what changed since a key with the parts ``older``."""
        old, new = dict(older), dict(self.parts)
        changes = [f"{name} changed" for name in new if name in old and old[name] != new[name]]
        changes += [f"{name} is new" for name in new if name not in old]
        changes += [f"{name} is gone" for name in old if name not in new]
        return "; ".join(changes[:3]) + (
            f"; and {len(changes) - 3} more" if len(changes) > 3 else ""
        )
