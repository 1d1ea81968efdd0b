"""The index that a browser loads, joined of shards: what Pagefind makes of all their pages at once.

Pagefind can also search several indexes at a time, but a reader would then load a chunk of each
for each word, and records of a small index would be weighed against those of a large one.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence

import cbor2

from polybook.publish.shard import ENTRY, SIGNATURE, Postings, Shard, Word, digest_of

#: The versions of Pagefind whose files are known to have this form.
KNOWN_FORMS = frozenset({"1.5.2"})
# What Pagefind puts into a file of words before it begins with the next one.
_CHUNK = 20_000
# Letters of a digest in a name, where no other file has the same, and in that of the list of files.
_SHORT, _LONG = 7, 10
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
    contents = [cbor2.dumps([words]) for words in chunks]
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


def _words(shards: Sequence[Shard]) -> list[Word]:
    """Return the words of all shards in the order of the alphabet."""
    found: dict[str, tuple[_Joined, dict[str, _Joined]]] = {}
    start = 0
    for shard in shards:
        for word, postings, variants in shard.words:
            if word not in found:
                found[word] = _Joined(), {}
            plain, accented = found[word]
            plain.add(postings, start)
            for form, places in variants:
                accented.setdefault(form, _Joined()).add(places, start)
        start += len(shard.records)
    return [
        (word, plain.postings, [(form, each.postings) for form, each in accented.items()])
        for word, (plain, accented) in sorted(found.items())
    ]


class _Joined:
    """Where a word stands in shards that follow each other."""

    __slots__ = ("_last", "postings")

    def __init__(self) -> None:
        self.postings: Postings = []
        self._last = 0

    def add(self, postings: Postings, start: int) -> None:
        """Add what stands in a shard, whose first record has the number ``start``."""
        if not postings:
            return
        first, *others = postings
        # Records are counted from the one before, and the first from that of the last shard.
        self.postings.append([start + first[0] - self._last, *first[1:]])
        self.postings += others
        self._last = start + sum([each[0] for each in postings])


def _chunks(words: Iterable[Word]) -> Iterator[list[Word]]:
    """Yield the words of each file."""
    chunk: list[Word] = []
    size = 0
    for word in words:
        _, postings, variants = word
        chunk.append(word)
        size += _size(postings) + sum([_size(places) for _, places in variants])
        if size >= _CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _size(postings: Postings) -> int:
    return len(postings) + sum([len(places) + len(titles) for _, places, titles in postings])


def _ends(chunks: Sequence[Sequence[Word]]) -> list[tuple[str, str]]:
    """Return with what the words of each file begin: no more than tells them from the next."""
    ends = [(chunk[0][0], chunk[-1][0]) for chunk in chunks]
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
