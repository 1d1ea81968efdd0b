"""A shard of the search: pages that stand together in the book and are indexed together.

A changed page makes its shard anew and no other. A shard is what Pagefind makes of its pages, taken
apart, so that shards can be joined to one index (:mod:`polybook.publish.search_index`).
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import attrs
import cbor2

from polybook.execution.whole_file import write_whole
from polybook.publish.page_text import PageText

#: What stands before each of Pagefind's files, below their compression.
SIGNATURE = b"pagefind_dcd"
ENTRY = "pagefind-entry.json"
_SUFFIX = ".shard"
# What marks the length of a list in CBOR.
_LIST = 0x80
# Pages of a shard: on average, and at most. Of a dozen pages Pagefind makes an index in 0.1 s.
_PAGES, _MOST = 12, 24

Places = tuple[int, int, int, int, bytes]
"""Where a word stands in a shard.

The number of records that have it; the first of them; how far from it the last one is; how many
entries all have; and the rest packed, such that it is the same in the index of the whole book.
"""
Word = tuple[str, Places, list[tuple[str, Places]]]
"""A word, where it stands, and where it stands in the same letters with accents."""


@attrs.frozen
class Record:
    """A record of the index.

    Attributes:
        name: The name under which it was handed to Pagefind.
        digest: What Pagefind names it by, in full.
        words: How many it has.
        packed: Its file.
    """

    name: str
    digest: str
    words: int
    packed: bytes


@attrs.frozen
class Shard:
    """The index of some pages.

    Attributes:
        records: In the order of the pages.
        words: In the order of the alphabet.
        fields: What Pagefind knows of records beside their text.
        entry: What a browser loads first.
        program: The files of the program that searches, by name.
    """

    records: list[Record]
    words: list[Word]
    fields: list[str]
    entry: dict[str, Any]
    program: dict[str, bytes]

    def dump(self) -> bytes:
        """Return the shard as bytes that `load` reads."""
        records = [attrs.astuple(each) for each in self.records]
        return cbor2.dumps([records, self.words, self.fields, self.entry, self.program])

    @classmethod
    def load(cls, data: bytes) -> Shard:
        """Return what `dump` has written.

        Raises:
            CBORDecodeError, ValueError, TypeError: It has not.
        """
        records, *others = cbor2.loads(data)
        return cls([Record(*each) for each in records], *others)


def parted(pages: Sequence[PageText]) -> list[Sequence[PageText]]:
    """Return the pages of each shard.

    Where one begins is a matter of the page there, not of how many stand before it: pages that
    come or go change the shards around them alone.
    """
    borders = [0]
    for at, page in enumerate(pages):
        is_border = hashlib.sha256(page.docname.encode()).digest()[0] * _PAGES < 256
        if at and (is_border or at - borders[-1] == _MOST):
            borders.append(at)
    ends = [*borders[1:], len(pages)]
    return [pages[start:end] for start, end in zip(borders, ends, strict=True)]


def taken_apart(files: Mapping[str, bytes]) -> Shard:
    """Return a shard from the files that Pagefind has made, all in one language."""
    entry = json.loads(files[ENTRY])
    (language,) = entry["languages"].values()
    _, pages, chunks, _, _, fields = cbor2.loads(
        unpacked(files[f"pagefind.{language['hash']}.pf_meta"])
    )
    records = [_record(files[f"fragment/{name}.pf_fragment"], words) for name, words in pages]
    words = [
        (word, _places(postings), [(form, _places(each)) for form, each in variants])
        for _, _, name in chunks
        for word, postings, variants in cbor2.loads(unpacked(files[f"index/{name}.pf_index"]))[0]
    ]
    return Shard(records, words, fields, entry, program_files(files))


def _places(postings: list[list[Any]]) -> Places:
    """Return where a word stands from Pagefind's lists, which hold for each record that has it
    how far it is from the one before, the places in its text and those in its fields.
    """
    distances = [distance for distance, _, _ in postings]
    size = len(postings) + sum(len(text) + len(fields) for _, text, fields in postings)
    # All but the first distance.
    rest = [*postings[0][1:], *postings[1:]] if postings else []
    packed = cbor2.dumps(rest)[len(list_head(len(rest))) :]
    return len(postings), sum(distances[:1]), sum(distances[1:]), size, packed


@cache
def list_head(length: int) -> bytes:
    """Return what stands in CBOR before the members of a list: their number, marked as such."""
    first, *others = cbor2.dumps(length)
    return bytes([first | _LIST, *others])


def _record(packed: bytes, words: int) -> Record:
    text = unpacked(packed)
    return Record(record_name(text), digest_of(text), words, packed)


def record_name(record: bytes) -> str:
    """Return the name under which a record was handed to Pagefind, from what its file holds."""
    return unquote(json.loads(record)["url"].removeprefix("/"))


def program_files(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return those of Pagefind's files that search: no interface of its own."""
    languages = json.loads(files[ENTRY])["languages"].values()
    names = ["pagefind.js", *(f"wasm.{each['wasm'] or 'unknown'}.pagefind" for each in languages)]
    return {name: files[name] for name in names}


def unpacked(data: bytes) -> bytes:
    """Return what a file of Pagefind holds."""
    return gzip.decompress(data).removeprefix(SIGNATURE)


def digest_of(content: bytes) -> str:
    """Return what Pagefind names a file by, in full: it writes no leading zeros of bytes."""
    return "".join(f"{byte:x}" for byte in hashlib.sha1(content, usedforsecurity=False).digest())


class ShardStore:
    """A folder that keeps shards under their keys, from one build to the next."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> Shard | None:
        """Return a shard; None if it is not there or damaged."""
        try:
            return Shard.load(self._file(key).read_bytes())
        except (OSError, cbor2.CBORDecodeError, ValueError, TypeError):
            return None

    def put(self, key: str, shard: Shard) -> None:
        """Keep a shard."""
        write_whole(self._file(key), shard.dump())

    def keep_only(self, keys: Iterable[str]) -> None:
        """Remove the shards of other keys."""
        kept = {self._file(key) for key in keys}
        for file in self._folder.glob(f"*{_SUFFIX}"):
            if file not in kept:
                file.unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        return self._folder / f"{key}{_SUFFIX}"
