"""Chapters as they were parsed by an earlier command, as long as their text is the same."""

from __future__ import annotations

import dataclasses
import hashlib
import pickle
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path

from myst_parser.config.main import MdParserConfig

from polybook.memory import MEMORY, Memory
from polybook.side_process import both, worth_sharing
from polybook.source import Chapter, parse

Written = tuple[str, str]
"""A chapter's text, and its path relative to the book."""


class Chapters:
    """Parses the chapters of a book, each text once for all commands.

    Args:
        build: The book's build folder, where they are kept. If it cannot be written, they are not.
        frameworks: The book's frameworks, in order.
        myst: Settings of the MyST parser.
        untagged: To whom cells without a pragma belong.
    """

    def __init__(
        self, build: Path, frameworks: tuple[str, ...], myst: MdParserConfig, untagged: str
    ) -> None:
        self._frameworks, self._myst, self._untagged = frameworks, myst, untagged
        self._file = build / MEMORY / "chapters"
        try:
            settings = [(f.name, _plain(getattr(myst, f.name))) for f in dataclasses.fields(myst)]
        except TypeError:
            self._settings = None
        else:
            self._settings = repr((frameworks, untagged, settings))

    def parse_all(self, written: Sequence[Written]) -> list[Chapter]:
        """Return the chapters with these texts; many new ones are shared by two processes."""
        if self._settings is None:
            return [self._parse(*one) for one in written]
        memory = Memory(self._file)
        named = [(self._key(*one), one) for one in written]
        parsed: dict[str, Chapter] = {}

        def packed(key: str, one: Written) -> bytes:
            parsed[key] = self._parse(*one)
            return pickle.dumps(parsed[key], pickle.HIGHEST_PROTOCOL)

        def recall(every: Sequence[tuple[str, Written]]) -> dict[str, bytes]:
            return {key: memory.recall(key, partial(packed, key, one)) for key, one in every}

        new = [(key, one) for key, one in named if not memory.knows(key)]
        if worth_sharing(len(new)):
            # Every other one, for long chapters often stand side by side.
            _, theirs = both(lambda: recall(new[::2]), lambda: recall(new[1::2]))
            memory.learn(theirs)
        kept = recall(named)
        with suppress(OSError):
            memory.save()
        return [parsed.get(key) or pickle.loads(kept[key]) for key, _ in named]

    def _key(self, text: str, path: str) -> str:
        facts = f"{self._settings}\n{path}\n{text}"
        return hashlib.sha256(facts.encode(errors="surrogatepass")).hexdigest()

    def _parse(self, text: str, path: str) -> Chapter:
        return parse(text, path, self._frameworks, self._myst, self._untagged)


def _plain(value: object) -> object:
    """Return a setting as what looks the same in every process.

    Raises:
        TypeError: It is something whose looks do not tell what it does, such as a function.
    """
    if isinstance(value, (set, frozenset)):
        return sorted(map(repr, map(_plain, value)))
    if isinstance(value, dict):
        return [(_plain(key), _plain(each)) for key, each in value.items()]
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if value is None or isinstance(value, (str, int, float, date)):
        return value
    raise TypeError(type(value))
