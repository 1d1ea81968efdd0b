"""The table of contents: which pages, in which order; and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from polybook.book import load_book
from polybook.source import BookError, Diagnostic

WriteBook = Callable[..., Path]

PAGES = {"index.md": "# Book\n", "one.md": "# One\n", "two.md": "# Two\n"}


def complaint(folder: Path) -> Diagnostic:
    with pytest.raises(BookError) as caught:
        load_book(folder)
    (diagnostic,) = caught.value.diagnostics
    assert caught.value.status == 1
    return diagnostic


def test_pages_stand_in_reading_order_with_their_lines(write_book: WriteBook) -> None:
    toc = """\
format: jb-book
root: index
parts:
  - caption: First
    chapters:
      - file: two
        sections:
          - file: one
"""
    entries = [page.entry for page in load_book(write_book(PAGES, toc)).pages]
    assert [(entry.path, entry.docname, entry.line) for entry in entries] == [
        ("index.md", "index", 2),
        ("two.md", "two", 6),
        ("one.md", "one", 8),
    ]


def test_an_entry_may_have_its_suffix(write_book: WriteBook) -> None:
    toc = "format: jb-book\nroot: index.md\nchapters:\n  - file: one.md\n  - file: two\n"
    book = load_book(write_book(PAGES, toc))
    assert [page.docname for page in book.pages] == ["index", "one", "two"]
    assert [page.entry.line for page in book.pages] == [2, 4, 5]
    assert book.page("one") is book.pages[1]
    assert book.page("three") is None


def test_only_what_the_contents_name_is_in_the_book(write_book: WriteBook) -> None:
    folder = write_book(PAGES, "format: jb-book\nroot: index\n")
    assert [page.path for page in load_book(folder).pages] == ["index.md"]


def test_a_page_in_another_format_counts_but_is_not_read(write_book: WriteBook) -> None:
    toc = (
        "format: jb-book\nroot: index\noptions:\n  numbered: true\n"
        "chapters:\n  - file: other\n  - file: one\n"
    )
    book = load_book(write_book(PAGES, toc, files={"other.rst": "Other\n=====\n"}))
    assert [(page.docname, page.entry.number) for page in book.pages] == [
        ("index", ()),
        ("one", (2,)),
    ]


def test_a_missing_chapter_is_reported_at_its_line(write_book: WriteBook) -> None:
    toc = "format: jb-book\nroot: index\nchapters:\n  - file: one\n  - file: thre\n"
    found = complaint(write_book(PAGES, toc))
    assert (found.path, found.line, found.code) == ("_toc.yml", 5, "missing-chapter")
    assert "thre.md" in found.message
    assert found.suggestion


def test_all_missing_chapters_are_reported_at_once(write_book: WriteBook) -> None:
    toc = "format: jb-book\nroot: index\nchapters:\n  - file: three\n  - file: four.md\n"
    with pytest.raises(BookError) as caught:
        load_book(write_book(PAGES, toc))
    assert [found.line for found in caught.value.diagnostics] == [4, 5]


def test_a_chapter_named_twice_is_reported_whatever_its_suffix(write_book: WriteBook) -> None:
    toc = "format: jb-book\nroot: index\nchapters:\n  - file: one\n  - file: one.md\n"
    found = complaint(write_book(PAGES, toc))
    assert (found.line, found.code) == (5, "invalid-toc")
    assert "one.md" in found.message


def test_a_book_without_contents(write_book: WriteBook) -> None:
    found = complaint(write_book(PAGES, toc=None))
    assert (found.path, found.code) == ("_toc.yml", "missing-file")
    assert found.suggestion


@pytest.mark.parametrize(
    ("toc", "line", "code"),
    [
        ("root: [index\n", 2, "invalid-yaml"),
        ("root: index\nadded: 2024-99-99\n", 1, "invalid-yaml"),
        ("chapters:\n  - file: one\n", 1, "invalid-toc"),
        ("root: index\nchapters:\n  - file: one\n  - file: one\n", 1, "invalid-toc"),
        ("root: index\noptions: {style: []}\nchapters:\n  - file: one\n", 3, "invalid-toc"),
        ("root: index\noptions: {style: abc}\nchapters:\n  - file: one\n", 1, "invalid-toc"),
        ("root: index\nchapter:\n  - file: one\n", 1, "invalid-toc"),
        ("", 1, "invalid-toc"),
    ],
)
def test_malformed_contents(write_book: WriteBook, toc: str, line: int, code: str) -> None:
    if toc and code == "invalid-toc":
        toc, line = f"format: jb-book\n{toc}", line
    folder = write_book(PAGES, toc or "# nothing\n")
    found = complaint(folder)
    assert (found.path, found.line, found.code) == ("_toc.yml", line, code)


def test_a_chapter_that_is_no_text_is_reported_at_its_entry(write_book: WriteBook) -> None:
    folder = write_book(PAGES, "format: jb-book\nroot: index\nchapters:\n  - file: one\n")
    (folder / "one.md").write_bytes(b"# \xff\xfe\n")
    found = complaint(folder)
    assert (found.path, found.line, found.code) == ("_toc.yml", 4, "unreadable-file")


def test_chapters_keep_their_line_ends(write_book: WriteBook) -> None:
    folder = write_book(PAGES)
    (folder / "one.md").write_bytes("# Eins\r\n\r\nGrün.\r\n".encode())
    page = load_book(folder).page("one")
    assert page is not None
    assert page.chapter.text == "# Eins\r\n\r\nGrün.\r\n"
    assert page.chapter.path == "one.md"
