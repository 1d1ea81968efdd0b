"""The tokens of a chapter, unpickled when somebody renders it."""

from __future__ import annotations

import pickle
from typing import Any

from markdown_it.token import Token


class Parsed:
    """What markdown-it made of a chapter.

    It is the larger part of a chapter, and few commands look at that of every chapter. So a
    chapter that another process has parsed, or another command, holds it as bytes until then.

    Args:
        tokens: The tokens of the whole text.
        env: The environment that belongs to them.
    """

    def __init__(self, tokens: tuple[Token, ...], env: dict[str, Any]) -> None:
        self._whole: tuple[tuple[Token, ...], dict[str, Any]] | None = (tokens, env)
        self._packed = b""

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The tokens of the whole text."""
        return self._unpacked()[0]

    @property
    def env(self) -> dict[str, Any]:
        """The environment that belongs to the tokens."""
        return self._unpacked()[1]

    def _unpacked(self) -> tuple[tuple[Token, ...], dict[str, Any]]:
        if self._whole is None:
            self._whole = pickle.loads(self._packed)
        return self._whole

    def __getstate__(self) -> bytes:
        """Return what is pickled."""
        return self._packed or pickle.dumps(self._whole, pickle.HIGHEST_PROTOCOL)

    def __setstate__(self, packed: bytes) -> None:
        """Take over what was pickled."""
        self._packed, self._whole = packed, None
