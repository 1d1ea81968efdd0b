"""The index of a website, joined of shards: what is made anew, and that it is Pagefind's own."""

from __future__ import annotations

import gzip
import json
import random
import sys
from pathlib import Path

import attrs
import pytest

from polybook.publish import search
from polybook.publish.page_text import PageText, Section, SymbolText
from polybook.publish.pagefind import SearchError
from polybook.publish.search import index
from polybook.publish.search_index import joined
from polybook.publish.shard import Record, Shard, parted

FRAMEWORKS = {"alpha": "Alpha", "beta": "Beta"}
WORDS = ["café", "cafe", "naïve", "résumé", "running", "Ærø", "add_` to_` class", "网络", "x²"]


def page(number: int, words: int = 40) -> PageText:
    """Return a page with some words of its own and of others, some for one framework."""
    chosen = random.Random(number)
    common = [*WORDS, *(f"word{chosen.randrange(3 * words)}" for _ in range(words))]
    chosen.shuffle(common)
    texts = (("", " ".join(common)), ("alpha", f"tape café{number}"), ("beta", "map naive"))
    return PageText(
        f"part {number % 3}/page{number}",
        f"page{number}.html",
        f"Page {number}",
        f"1.{number}",
        (),
        (Section("one", f"Page {number}", f"1.{number}", 1, "", texts),),
        (SymbolText("lib.beta", f"Trainer{number}", "class", "t", "beta"),),
    )


def book(pages: int, words: int = 40) -> list[PageText]:
    return [page(number, words) for number in range(pages)]


def with_words(page: PageText, words: str) -> PageText:
    (section,) = page.sections
    return attrs.evolve(page, sections=(attrs.evolve(section, texts=(("", words),)),))


def unpacked(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the content of files, of which not all are packed in the same way."""
    return {
        name: gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
        for name, content in files.items()
    }


def text_of(files: dict[str, bytes]) -> str:
    return b" ".join(unpacked(files).values()).decode(errors="replace")


def shards(cache: Path) -> dict[str, tuple[bytes, int]]:
    """Return the shards that are kept: what they hold and when they were written."""
    return {each.name: (each.read_bytes(), each.stat().st_mtime_ns) for each in cache.iterdir()}


@pytest.mark.parametrize("language", ["en", "zh_CN", "de"])
def test_shards_are_joined_to_what_pagefind_makes_of_all_pages(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = book(70, 500)
    assert len(parted(pages)) > 3
    made = index(pages, FRAMEWORKS, language)
    # Of a version whose files may have another form all pages are indexed at once.
    monkeypatch.setattr(search, "pagefind_version", lambda: "9.0.0")
    whole = index(pages, FRAMEWORKS, language)
    assert sum(name.endswith(".pf_index") for name in whole) > 1
    assert unpacked(made) == unpacked(whole)


def test_a_small_book_is_one_shard() -> None:
    assert [len(each) for each in parted(book(3))] == [3]


def test_shards_are_neither_large_nor_many() -> None:
    pages = book(500)
    parts = parted(pages)
    assert [each for part in parts for each in part] == pages
    assert max(map(len, parts)) <= 24
    assert len(parts) < 80


def test_an_unchanged_book_is_not_indexed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache" / "shards"
    first = index(book(30), FRAMEWORKS, "en", cache)
    with monkeypatch.context() as patch:
        patch.setattr(search, "run_pagefind", lambda indexes: pytest.fail("indexed again"))
        assert index(book(30), FRAMEWORKS, "en", cache) == first
    assert index(book(30), {"alpha": "Alpha"}, "en", cache) != first


def test_a_changed_page_makes_its_shard_anew_and_no_other(tmp_path: Path) -> None:
    pages = book(60)
    index(pages, FRAMEWORKS, "en", tmp_path)
    before = shards(tmp_path)
    pages[30] = with_words(pages[30], "An added zebra.")
    files = index(pages, FRAMEWORKS, "en", tmp_path)
    after = shards(tmp_path)
    assert len(before.keys() - after.keys()) == len(after.keys() - before.keys()) == 1
    kept = before.keys() & after.keys()
    assert len(kept) > 2
    assert {name: before[name] for name in kept} == {name: after[name] for name in kept}
    # And the site has what a fresh build makes.
    assert files == index(pages, FRAMEWORKS, "en")
    assert "zebra" in text_of(files)


def test_a_page_that_comes_or_goes_leaves_other_shards_as_they_are(tmp_path: Path) -> None:
    pages = book(90)
    index(pages, FRAMEWORKS, "en", tmp_path)
    before = shards(tmp_path)
    fewer = [*pages[:40], *pages[41:]]
    files = index(fewer, FRAMEWORKS, "en", tmp_path)
    assert len(shards(tmp_path).keys() - before.keys()) <= 2
    assert files == index(fewer, FRAMEWORKS, "en")
    assert "café40" in text_of(index(pages, FRAMEWORKS, "en"))
    assert "café40" not in text_of(files)
    more = [attrs.evolve(page(99), docname="new"), *pages]
    before = shards(tmp_path)
    index(pages, FRAMEWORKS, "en", tmp_path)
    before = shards(tmp_path)
    files = index(more, FRAMEWORKS, "en", tmp_path)
    assert len(shards(tmp_path).keys() - before.keys()) <= 2
    assert files == index(more, FRAMEWORKS, "en")


def test_records_lead_to_their_pages_across_shards() -> None:
    pages = book(60)
    files = index(pages, FRAMEWORKS, "en")
    catalogue = json.loads(files["book.json"])
    assert [each[0] for each in catalogue["pages"]] == [each.url for each in pages]
    found = {}
    for name, (number, framework) in catalogue["records"].items():
        record = gzip.decompress(files[f"fragment/{name}.pf_fragment"])
        found[number, framework] = json.loads(record.removeprefix(b"pagefind_dcd"))["content"]
    assert sorted(found) == [(number, at) for number in range(60) for at in (-1, 0, 1)]
    assert all(f"café{number}" in found[number, 0] for number in range(60))


@pytest.mark.parametrize("damage", [b"no shard", b"", b"\x80", b"\x85\x81\x01\x80\x80\xa0\xa0"])
def test_a_damaged_shard_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    first = index(book(2), FRAMEWORKS, "en", tmp_path)
    (file,) = tmp_path.iterdir()
    content = file.read_bytes()
    file.write_bytes(damage)
    assert index(book(2), FRAMEWORKS, "en", tmp_path) == first
    assert file.read_bytes() == content


def test_records_whose_names_begin_alike_stay_apart() -> None:
    def shard(name: str, digest: str) -> Shard:
        word = ("word", (1, 0, 0, 2, b"\x81\x00\x80"), [])
        entry = {"version": "1.5.2", "languages": {"en": {"hash": "", "wasm": "en"}}}
        return Shard([Record(name, digest, 1, name.encode())], [word], ["title"], entry, {})

    files, names = joined([shard("s/a", "0123456789"), shard("s/b", "0123456999")])
    assert names == {"en_0123456": "s/a", "en_01234569": "s/b"}
    assert files["fragment/en_01234569.pf_fragment"] == b"s/b"


def test_a_book_without_pages_has_an_index() -> None:
    assert json.loads(index([], FRAMEWORKS, "en")["book.json"])["pages"] == []


def test_a_missing_pagefind_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pagefind_bin_extended", None)
    with pytest.raises(SearchError) as raised:
        index(book(1), FRAMEWORKS, "en")
    (found,) = raised.value.diagnostics
    assert found.code == "search-failed"
    assert "pip install pagefind-bin-extended" in found.suggestion


def test_a_pagefind_that_stops_is_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "pagefind"
    program.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr("polybook.publish.pagefind._program", lambda: program)
    with pytest.raises(SearchError, match="Pagefind stopped after 0 of 5 requests"):
        index(book(1), FRAMEWORKS, "en")
