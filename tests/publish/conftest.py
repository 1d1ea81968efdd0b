"""Built books on loopback, and a browser that notes what goes wrong."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from resources import BOOKS, REPOSITORY, Polybook, require, serve
from windows import Reader, open_window

from polybook.book import load_book
from polybook.execution import Keys
from polybook.publish.build import build_html


@pytest.fixture(scope="session")
def built_book(tmp_path_factory: pytest.TempPathFactory, polybook: Polybook) -> Path:
    """Return a copy of the tiny book, executed and built; tests only read it."""
    folder = tmp_path_factory.mktemp("built") / "tiny"
    shutil.copytree(BOOKS / "tiny", folder)
    done = polybook("build", "html", "--book", folder)
    assert done.returncode == 0, done.stderr
    assert done.stderr == "", "the build warns"
    return folder


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory, polybook: Polybook) -> Path:
    """Return a copy of the gallery, a book with everything a page can hold, rendered."""
    folder = tmp_path_factory.mktemp("gallery") / "gallery"
    shutil.copytree(BOOKS / "gallery", folder, ignore=shutil.ignore_patterns("_build"))
    done = polybook("build", "html", "--no-execute", "--book", folder)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr and "ERROR" not in done.stderr, done.stderr
    return folder


@pytest.fixture(scope="session")
def unexecuted_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Return what builds a book of ``tests/books`` without running it, and its address."""
    with ExitStack() as stack:

        @cache
        def build(name: str) -> str:
            folder = tmp_path_factory.mktemp("unexecuted") / name
            shutil.copytree(BOOKS / name, folder)
            warnings: list[str] = []
            website = build_html(Keys.of(load_book(folder)), warnings.append)
            assert warnings == []
            return stack.enter_context(serve(website.folder))

        yield build


@pytest.fixture(scope="session")
def tiny_site(built_book: Path) -> Iterator[str]:
    """Return the address of the tiny book's website."""
    with serve(built_book / "_build/html") as address:
        yield address


@pytest.fixture(scope="session")
def gallery_site(gallery: Path) -> Iterator[str]:
    """Return the address of the gallery's website."""
    with serve(gallery / "_build/html") as address:
        yield address


@pytest.fixture(scope="session")
def book_site() -> Iterator[str]:
    """Return the address of this repository's book, as `make html` has built it."""
    folder = REPOSITORY / "_build/html"
    require((folder / "index.html").is_file(), "the book, built by `make html`")
    with serve(folder) as address:
        yield address


@pytest.fixture
def scriptless(browser: Browser) -> Iterator[Reader]:
    """Return a desktop window in which scripts are switched off."""
    for reader in open_window(browser, 1280, 900, java_script_enabled=False):
        yield reader
        assert reader.problems == []


@pytest.fixture
def phone(browser: Browser) -> Iterator[Reader]:
    """Return a window as wide as a phone."""
    for reader in open_window(browser, 390, 800):
        yield reader
        assert reader.problems == []
