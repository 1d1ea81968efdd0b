"""Cells that run in the background, with the real kernels of the tiny book."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from preview.conftest import Author, served
from preview.test_live import is_same_window, open_page
from windows import Reader

pytestmark = pytest.mark.browser


@pytest.fixture
def author(tiny_book: Path) -> Iterator[Author]:
    """Return an author of the tiny book, whose cells run."""
    with served(tiny_book) as author:
        author.said("pages open")
        yield author


def test_outputs_arrive_and_follow_the_cells(reader: Reader, author: Author) -> None:
    page = open_page(reader, author, "guide/numbers")
    expect(page.locator("article")).to_contain_text("alpha says 2")
    assert is_same_window(page)

    author.replace("guide/numbers.md", "'alpha says', double(1)", "'alpha now says', double(4)")

    expect(page.locator("article")).to_contain_text("alpha now says 8")
    expect(page.locator(".live-running")).to_have_count(0)
    assert is_same_window(page)


def test_what_a_cell_raises_stands_at_the_cell(reader: Reader, author: Author) -> None:
    page = open_page(reader, author, "guide/numbers")
    expect(page.locator("article")).to_contain_text("alpha says 2")
    author.replace("guide/numbers.md", "double(1))", "double(1 / 0))")

    box = page.locator(".live-finding", has_text="ZeroDivisionError")
    expect(box).to_be_visible()
    assert "Line 45" in box.inner_text()
    assert box.evaluate("box => box.closest('.cell').textContent.includes('1 / 0')")

    author.replace("guide/numbers.md", "double(1 / 0))", "double(3))")
    expect(page.locator("article")).to_contain_text("alpha says 6")
    expect(page.locator(".live-box")).to_have_count(0)


def test_an_edit_ends_what_it_supersedes(reader: Reader, author: Author) -> None:
    page = open_page(reader, author, "guide/numbers")
    expect(page.locator("article")).to_contain_text("alpha says 2")
    endless = "while True: pass\nprint('alpha says', double(1))"
    author.replace("guide/numbers.md", "print('alpha says', double(1))", endless)
    expect(page.locator(".live-running", has_text="running")).not_to_have_count(0)

    author.replace("guide/numbers.md", "while True: pass", "print('at last')")
    expect(page.locator("article")).to_contain_text("at last")
    expect(page.locator(".live-running")).to_have_count(0)
