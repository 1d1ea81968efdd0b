"""Two things done at the same time give what they give one after the other."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from polybook.book import load_book
from polybook.book.toc import load_toc
from polybook.execution import Keys
from polybook.findings import all_findings, findings
from polybook.library import libraries
from polybook.side_process import MANY, both
from polybook.source import BookError, parse


def test_both_results_come_back_and_the_second_from_another_process() -> None:
    mine, theirs = both(os.getpid, lambda: (os.getpid(), "x" * 1_000_000))
    assert mine == os.getpid()
    assert theirs[0] != mine
    assert len(theirs[1]) == 1_000_000


def test_what_fails_there_fails_here() -> None:
    with pytest.raises(ZeroDivisionError):
        both(lambda: 1, lambda: 1 // 0)


def test_a_side_process_that_is_killed_is_done_without() -> None:
    here = os.getpid()

    def there() -> str:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return "done"

    assert both(lambda: "mine", there) == ("mine", "done")


@pytest.fixture(autouse=True)
def shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Share all work, also on one core or beside threads that other tests have left."""
    for user in ("book.chapters", "execution.keys", "findings"):
        monkeypatch.setattr(f"polybook.{user}.worth_sharing", lambda count: count >= MANY)


def big_book(write_book: Callable[..., Path]) -> Path:
    """Return a book with so many pages that two processes share it, and a mistake in each half."""
    pages = {
        f"page-{i}.md": f"# Page {i}\n:label:`sec_{i}`\n\n```{{.python .input}}\nx = {i}\n```\n"
        for i in range(MANY + 1)
    }
    pages["page-7.md"] += "\n:numref:`sec_missing`\n"
    pages["page-8.md"] += "\n:numref:`sec_absent`\n"
    return write_book({"index.md": "# Index\n", **pages})


def test_a_big_book_reads_as_its_pages_one_by_one(write_book: Callable[..., Path]) -> None:
    book = load_book(big_book(write_book))
    assert [page.path for page in book.pages] == [entry.path for entry in load_toc(book.folder)]
    for page in book.pages:
        text = (book.folder / page.path).read_text(encoding="utf-8")
        names = book.config.framework_names
        alone = parse(text, page.path, names, book.config.myst, book.config.untagged)
        assert page.chapter.blocks == alone.blocks
        assert [cell.code for cell in page.chapter.cells] == [cell.code for cell in alone.cells]


def test_a_big_book_has_the_findings_of_one_process(write_book: Callable[..., Path]) -> None:
    folder = big_book(write_book)
    shared = all_findings(load_book(folder))
    book = load_book(folder)
    assert [finding.path for finding in shared] == ["page-7.md", "page-8.md"]
    assert shared == findings(book, libraries(book))


@pytest.mark.parametrize("name", ["page-20.md", "page-21.md"])
def test_a_chapter_that_is_no_text_ends_both(write_book: Callable[..., Path], name: str) -> None:
    folder = big_book(write_book)
    (folder / name).write_bytes(b"\xff")
    with pytest.raises(BookError, match=f"{name} cannot be read"):
        load_book(folder)


def test_many_keys_are_those_of_one_process(write_book: Callable[..., Path]) -> None:
    book = load_book(big_book(write_book))
    keys = Keys.of(book)
    notebooks = [(page, name) for page in book.pages for name in page.frameworks]
    assert len(notebooks) > MANY
    assert keys.of_all(notebooks) == [keys.key(page, name) for page, name in notebooks]
