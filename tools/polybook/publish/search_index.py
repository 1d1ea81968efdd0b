"""The index that a browser loads, joined of shards: what Pagefind makes of all their pages at once.

Pagefind can also search several indexes at a time, but a reader would then load a chunk of each
for each word, and records of a small index would be weighed against those of a large one.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

import cbor2

from polybook.publish.shard import ENTRY, SIGNATURE, Places, Shard, digest_of, list_head

#: The versions of Pagefind whose files are known to have this form.
KNOWN_FORMS = frozenset({"1.5.2"})
# What Pagefind puts into a file of words before it begins with the next one.
_CHUNK = 20_000
# Letters of a digest in a name, where no other file has the same, and in that of the list of files.
_SHORT, _LONG = 7, 10
# What begins that of a record: where it is, and the places in its text and its fields.
_POSTING = list_head(3)
# Such files are small: more effort gains nothing.
_EFFORT = 6


def joined(shards: Sequence[Shard]) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return the files of the index by name, and the names of its records by Pagefind's own.

    They hold what Pagefind would have put into them, had it indexed all pages at once.

    Args:
        shards: One or more, in the order of the book, of the same language and made by the same
            version of Pagefind, one of `KNOWN_FORMS`.
    """
    first = shards[0]
    ((language, entry),) = first.entry["languages"].items()
    records = [record for shard in shards for record in shard.records]
    names = _names(language, [record.digest for record in records])
    files = {
        f"fragment/{name}.pf_fragment": each.packed
        for name, each in zip(names, records, strict=True)
    }
    chunks = list(_chunks(_words(shards)))
    contents = [
        b"".join([list_head(1), list_head(len(words)), *words.values()]) for words in chunks
    ]
    chunk_names = _names(language, [digest_of(content) for content in contents])
    for name, content in zip(chunk_names, contents, strict=True):
        files[f"index/{name}.pf_index"] = _packed(content)
    meta = cbor2.dumps(
        [
            first.entry["version"],
            [[name, each.words] for name, each in zip(names, records, strict=True)],
            [[*ends, name] for ends, name in zip(_ends(chunks), chunk_names, strict=True)],
            [],
            [],
            list(dict.fromkeys(field for shard in shards for field in shard.fields)),
        ]
    )
    meta_name = f"{language}_{digest_of(meta)[:_LONG]}"
    files[f"pagefind.{meta_name}.pf_meta"] = _packed(meta)
    languages = {language: {**entry, "hash": meta_name, "page_count": len(records)}}
    described = {**first.entry, "languages": languages}
    files[ENTRY] = json.dumps(described, ensure_ascii=False, separators=(",", ":")).encode()
    by_name = {name: each.name for name, each in zip(names, records, strict=True)}
    return {**files, **first.program}, by_name


def _packed(content: bytes) -> bytes:
    return gzip.compress(SIGNATURE + content, _EFFORT, mtime=0)


def _names(language: str, digests: Iterable[str]) -> list[str]:
    """Return names that begin as the digests do, longer ones where others have the short one."""
    taken: dict[str, None] = {}
    for digest in digests:
        length = _SHORT
        while (name := f"{language}_{digest[:length]}") in taken:
            length += 1
        taken[name] = None
    return list(taken)


class _Joined:
    """Where a word stands in shards that follow each other, as Pagefind packs it."""

    __slots__ = ("_count", "_last", "_packed", "size")

    def __init__(self) -> None:
        self.size = self._count = self._last = 0
        self._packed: list[bytes] = []

    def add(self, places: Places, start: int) -> None:
        """Add what stands in a shard, whose first record has the number ``start``."""
        count, first, span, size, packed = places
        if not count:
            return
        # Records are counted from the one before, and the first from the last of other shards.
        self._packed += (_POSTING, _number(start + first - self._last), packed)
        self._last = start + first + span
        self._count += count
        self.size += size

    def packed(self) -> bytes:
        """Return all of it."""
        return b"".join([list_head(self._count), *self._packed])


@cache
def _number(value: int) -> bytes:
    return cbor2.dumps(value)


def _words(shards: Sequence[Shard]) -> list[tuple[str, int, bytes]]:
    """Return the words of all shards in the order of the alphabet: their size, and packed."""
    found: dict[str, tuple[_Joined, dict[str, _Joined]]] = {}
    start = 0
    for shard in shards:
        for word, places, variants in shard.words:
            if word not in found:
                found[word] = _Joined(), {}
            plain, accented = found[word]
            plain.add(places, start)
            for form, each in variants:
                accented.setdefault(form, _Joined()).add(each, start)
        start += len(shard.records)
    return [(word, *_packed_word(word, *parts)) for word, parts in sorted(found.items())]


def _packed_word(word: str, plain: _Joined, accented: dict[str, _Joined]) -> tuple[int, bytes]:
    pieces = [list_head(3), cbor2.dumps(word), plain.packed(), list_head(len(accented))]
    for form, each in accented.items():
        pieces += (list_head(2), cbor2.dumps(form), each.packed())
    # As Pagefind does, without those with accents.
    return plain.size, b"".join(pieces)


def _chunks(words: Iterable[tuple[str, int, bytes]]) -> Iterator[dict[str, bytes]]:
    """Yield the words of each file, packed."""
    chunk: dict[str, bytes] = {}
    total = 0
    for word, size, packed in words:
        chunk[word] = packed
        total += size
        if total >= _CHUNK:
            yield chunk
            chunk, total = {}, 0
    if chunk:
        yield chunk


def _ends(chunks: Sequence[Mapping[str, bytes]]) -> list[tuple[str, str]]:
    """Return with what the words of each file begin: no more than tells them from the next."""
    ends = [(next(iter(chunk)), next(reversed(chunk))) for chunk in chunks]
    for at in range(len(ends) - 1):
        (first, last), (following, end) = ends[at], ends[at + 1]
        same = next(
            (
                place
                for place, (one, other) in enumerate(zip(last, following, strict=False))
                if one != other
            ),
            min(len(last), len(following)),
        )
        ends[at] = first, last[: same + 1]
        ends[at + 1] = following[: same + 1], end
    return ends
