"""The page at the root of a site whose first page lies elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from resources import Polybook, serve, write_files

BASE = "https://book.example.org/en"
TOC = "format: jb-book\nroot: guide/start\n"
PAGES = {"guide/start.md": "# Start\n\nIts promise.\n\n## Further\n\nText.\n"}
CONFIG = """\
title: Cats & Dogs
html:
  baseurl: BASE
  favicon: icon.svg
polybook:
  frameworks:
    alpha: {title: Alpha}
    beta: {title: Beta}
sphinx:
  config:
    language: de
"""
ICON = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"></svg>\n'


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory, polybook: Polybook) -> Callable[..., Path]:
    """Build a book whose first page is ``guide/start`` and return its website."""

    def build(config: str, **files: str) -> Path:
        folder = tmp_path_factory.mktemp("book")
        own = {"_config.yml": config, "_toc.yml": TOC, "icon.svg": ICON}
        write_files(folder, {**PAGES, **own, **files})
        done = polybook("build", "html", "--no-execute", "--book", folder)
        assert done.returncode == 0, done.stderr
        return folder / "_build/html"

    return build


@pytest.fixture(scope="module")
def website(build: Callable[..., Path]) -> Path:
    """Return that website, with an icon and an address on the web."""
    return build(CONFIG.replace("BASE", f"{BASE}/"))


@pytest.fixture(scope="module")
def site(website: Path) -> Iterator[str]:
    """Return its address on loopback."""
    with serve(website) as address:
        yield address


def root_page(website: Path) -> BeautifulSoup:
    return BeautifulSoup((website / "index.html").read_text(encoding="utf-8"), "html.parser")


def test_it_says_what_every_page_says(website: Path) -> None:
    text = (website / "index.html").read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>\n<html lang=")
    soup = root_page(website)
    assert soup.html["lang"] == "de"
    assert soup.title.text == "Cats & Dogs"
    assert soup.select_one("meta[charset]")["charset"] == "utf-8"
    assert soup.select_one("link[rel=canonical]")["href"] == f"{BASE}/guide/start.html"
    first = BeautifulSoup((website / "guide/start.html").read_bytes(), "html.parser")
    icon = first.select_one("link[rel=icon]")["href"]
    assert soup.select_one("link[rel=icon]")["href"] == icon.removeprefix("../")
    assert soup.select_one("body a")["href"] == "guide/start.html"
    assert soup.select_one("body a").text == "Cats & Dogs"


def test_a_book_without_icon_and_address_says_so(build) -> None:
    config = CONFIG.replace(
        "  baseurl: BASE\n  favicon: icon.svg\n", "  use_issues_button: false\n"
    )
    soup = root_page(build(config))
    # Else browsers ask for /favicon.ico.
    assert soup.select_one("link[rel=icon]")["href"] == "data:,"
    assert not soup.select("link[rel=canonical]")


def test_it_leads_to_the_first_page_as_the_address_asks(reader, site: str) -> None:
    reader.open(f"{site}/?framework=beta#further")
    reader.page.wait_for_url("**/guide/start.html?framework=beta#further")
    assert reader.page.evaluate("document.documentElement.dataset.framework") == "beta"
    # Going back leaves the site; it doesn't lead here again.
    assert reader.page.evaluate("history.length") == 2


def test_without_scripts_it_leads_there_too(scriptless, site: str) -> None:
    scriptless.page.goto(f"{site}/")
    scriptless.page.wait_for_url("**/guide/start.html")


@pytest.mark.parametrize("file", ["index.html", "own/index.html"])
def test_a_root_page_of_the_authors_own_stays(build, file: str) -> None:
    config = f"{CONFIG.replace('BASE', BASE)}    html_extra_path: [{file.split('/')[0]}]\n"
    assert root_page(build(config, **{file: "<p>Welcome.</p>"})).text == "Welcome."


def test_a_first_page_at_the_root_is_that_page(built_book: Path) -> None:
    assert root_page(built_book / "_build/html").select("#main h1")
