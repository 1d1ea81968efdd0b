"""What all tests share: books to work on, the command line, the browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser, sync_playwright
from resources import BOOKS, Polybook, require, write_files
from windows import Reader, open_window

from polybook.book import Book, load_book

# The same examples on every machine: a test that passes here passes in CI.
hypothesis.settings.register_profile("same", derandomize=True, database=None, deadline=None)
hypothesis.settings.load_profile("same")

# A small book, written where the test says, with the frameworks alpha and beta.
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


@pytest.fixture
def tiny_book(tmp_path: Path) -> Path:
    """Return a copy of the tiny book, whose frameworks are called alpha and beta."""
    return Path(shutil.copytree(BOOKS / "tiny", tmp_path / "tiny"))


@pytest.fixture(scope="session")
def polybook() -> Polybook:
    """Return a function that types ``polybook`` with the given words."""

    def run(
        *words: object, cwd: Path | None = None, **environ: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "polybook", *map(str, words)],
            cwd=cwd,
            env={**os.environ, "COLUMNS": "100", **environ},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of the system's Chromium."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    require(found, "Chromium (Debian's package chromium)")
    return str(found)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Return the system's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        browser.close()


@pytest.fixture
def reader(browser: Browser) -> Iterator[Reader]:
    """Return a desktop window; the test fails if a page in it has a problem."""
    for reader in open_window(browser, 1280, 900):
        yield reader
        assert reader.problems == []
