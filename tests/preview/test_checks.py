"""The check of the whole book beside the preview."""

from __future__ import annotations

import queue
from collections.abc import Callable
from pathlib import Path

import psutil

from polybook.preview.checks import BookCheck
from polybook.source import Diagnostic


def test_what_the_command_finds_is_heard_of(tiny_book: Path) -> None:
    page = tiny_book / "guide/shapes.md"
    page.write_text(page.read_text().replace("`sec_numbers`", "`sec_nubmers`"))
    found: queue.Queue[list[Diagnostic]] = queue.Queue()
    BookCheck(tiny_book, found.put).begin()
    assert [each.code for each in found.get(timeout=120)] == ["undefined-label"]


def test_a_check_that_ends_leaves_no_process_and_says_nothing(
    write_book: Callable[..., Path],
) -> None:
    found: queue.Queue[list[Diagnostic]] = queue.Queue()
    pages = {
        f"page{number}.md": f"# Page {number}\n" + "A sentence.\n\n" * 500 for number in range(80)
    }
    check = BookCheck(write_book(pages), found.put)
    me = psutil.Process()
    before = set(me.children(recursive=True))
    check.begin()
    # Until it has a side process too.
    while len(begun := set(me.children(recursive=True)) - before) < 2:
        pass
    check.end()
    assert psutil.wait_procs(begun, timeout=60)[1] == []
    assert found.empty()
