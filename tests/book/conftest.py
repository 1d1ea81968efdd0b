"""Small books, written where the test says, with the frameworks alpha and beta."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from resources import write_files

from polybook.book import Book, load_book

CONFIG = """\
title: Small
polybook:
  frameworks:
    alpha:
      title: Alpha
    beta:
      title: Beta
sphinx:
  config:
    bibtex_bibfiles: [works.bib]
"""

WORKS = """\
@article{Alpha.2001,
  author = {Alpha, Ada},
  title = {On {Everything}},
  year = {2001}
}
"""


def flat_toc(pages: Mapping[str, str]) -> str:
    """Return a table of contents: the first page is the root, the others numbered chapters."""
    root, *chapters = (name.removesuffix(".md") for name in pages)
    entries = "".join(f"  - file: {name}\n" for name in chapters)
    options = f"options:\n  numbered: true\nchapters:\n{entries}" if chapters else ""
    return f"format: jb-book\nroot: {root}\n{options}"


@pytest.fixture
def write_book(tmp_path: Path) -> Callable[..., Path]:
    """Write a book and return its folder.

    Pages are given by path; further files likewise. ``None`` leaves one of
    the three files out that every book has.
    """

    def write(
        pages: Mapping[str, str],
        toc: str | None = "",
        config: str | None = CONFIG,
        works: str | None = WORKS,
        files: Mapping[str, str] = {},
    ) -> Path:
        standard = {
            "_toc.yml": flat_toc(pages) if toc == "" else toc,
            "_config.yml": config,
            "works.bib": works,
        }
        every = {**pages, **standard, **files}
        write_files(tmp_path, {name: text for name, text in every.items() if text is not None})
        return tmp_path

    return write


@pytest.fixture
def make_book(write_book: Callable[..., Path]) -> Callable[..., Book]:
    """Write a book, as `write_book` does, and load it."""
    return lambda *arguments, **options: load_book(write_book(*arguments, **options))
