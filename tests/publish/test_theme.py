"""The theme in the pages' HTML: when it is chosen, what it takes from the configuration."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from resources import Polybook

from polybook.publish.code_style import Dark, Light
from polybook.publish.theme import front_page, site_contents

CONFIG = """\
title: Small
author: Ada
logo: logo.svg
polybook:
  frameworks:
    alpha: {title: Alpha}
sphinx:
  config:
    OPTION
"""
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"></svg>\n'


def page(folder: Path, name: str = "index") -> BeautifulSoup:
    html = (folder / "_build/html" / f"{name}.html").read_text(encoding="utf-8")
    return BeautifulSoup(html, "html.parser")


@pytest.fixture
def build(write_book: Callable[..., Path], polybook: Polybook) -> Callable[[str], Path]:
    """Build a small book with a setting of Sphinx and return its folder."""

    def build(option: str) -> Path:
        pages = {"index.md": "# Book\n\nIts promise.\n", "page.md": "# Page\n\nText.\n"}
        config = CONFIG.replace("OPTION", option)
        folder = write_book(pages, config=config, files={"logo.svg": LOGO})
        done = polybook("build", "html", "--no-execute", "--book", folder)
        assert done.returncode == 0, done.stderr
        # Jupyter Book's options are not those of every theme.
        assert "WARNING" not in done.stderr or "html_theme" in option
        return folder

    return build


def test_a_book_has_the_theme_unless_it_names_another(build) -> None:
    soup = page(build("language: en"))
    assert soup.select_one("header.site-header .logo")["src"].startswith("_static/logo.svg")
    # One framework is no choice.
    assert not soup.select("select, [role=tablist]")
    assert soup.select_one("a.button").text == "Begin reading"


@pytest.mark.parametrize("name", ["sphinx_book_theme", "alabaster"])
def test_a_book_may_name_another_theme(build, name: str) -> None:
    folder = build(f"html_theme: {name}")
    assert not page(folder).select(".site-header")
    assert page(folder, "page").select_one("section h1").text.strip("#¶").endswith("Page")


def test_the_language_of_the_book_is_that_of_its_pages(build) -> None:
    soup = page(build("language: de"))
    assert soup.html["lang"] == "de"
    assert soup.select_one(".search-button span").text == "Suche"


def test_settings_of_jupyter_book_keep_their_meaning(gallery: Path) -> None:
    soup = page(gallery, "text")
    assert soup.select_one(".announcement a")["href"] == "https://example.org/"
    assert "Set in the reader's own fonts." in soup.select_one(".page-footer").text
    assert "© 1843 Ada Alpha and Ben Beta" in soup.select_one(".page-footer").text
    assert soup.select_one("#site-contents .home a").text == "A Gallery of Everything"
    assert soup.title.text == "1. Text, Mathematics and Tables · A Gallery of Everything"


def test_pages_say_what_the_other_parts_build_on(gallery: Path) -> None:
    root = page(gallery, "beta-only").html
    assert root["data-framework"] == root["data-page-frameworks"] == "beta"
    assert root["data-default-framework"] == "alpha"
    assert root["data-frameworks"] == "alpha beta gamma"
    soup = page(gallery, "frameworks")
    assert soup.html["data-page-frameworks"] == "alpha beta gamma"
    assert soup.select_one("main#main > article.page[data-pagefind-body] > section > h1")
    assert soup.select_one("header [data-search-open]")
    assert [each["value"] for each in soup.select("select#framework option")] == [
        "alpha",
        "beta",
        "gamma",
    ]


@pytest.mark.parametrize("name", ["text", "genindex", "search"])
def test_a_page_says_nothing_twice_in_its_head(gallery: Path, name: str) -> None:
    names = [meta["name"] for meta in page(gallery, name).head.select("meta[name]")]
    assert sorted(names) == sorted(set(names))
    assert "viewport" in names


def test_scripts_wait_and_unused_ones_are_left_out(gallery: Path) -> None:
    soup = page(gallery, "components")
    files = [script for script in soup.select("script") if script.get("src")]
    assert files
    assert all(script.has_attr("defer") or script.has_attr("async") for script in files)
    names = [Path(script["src"].partition("?")[0]).name for script in files]
    assert len(names) == len(set(names))
    assert {"framework.js", "copybutton.js"} <= set(names)
    text = str(soup)
    for unused in ("thebe", "togglebutton", "sphinx-book-theme", "bootstrap", "fontawesome"):
        assert unused not in text


def test_no_page_asks_another_host(gallery: Path) -> None:
    for file in (gallery / "_build/html").glob("*.html"):
        soup = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
        for tag in soup.select("script[src], img[src], link[rel=stylesheet]"):
            assert not re.match(r"(https?:)?//", tag.get("src") or tag.get("href"))


def test_a_dropdown_opens_without_a_script(gallery: Path) -> None:
    soup = page(gallery, "components")
    note, tip = soup.select("details.admonition.dropdown")
    assert note.summary.text == "Note"
    assert "What a reader opens." in note.text
    assert "tip" in tip["class"]
    assert tip.summary.text == "A question"
    assert not note.has_attr("open")
    assert "Opened with a click." in soup.select_one("details.toggle").text


def test_boxes_of_task_lists_have_names(gallery: Path) -> None:
    boxes = page(gallery, "text").select("input.task-list-item-checkbox")
    assert [box["aria-label"] for box in boxes] == ["to do", "done"]


def test_the_index_lists_symbols(built_book: Path) -> None:
    entries = page(built_book, "genindex").select(".index-entries, h1")
    assert entries[0].text == "Index"


def test_a_chapter_lists_its_sections(built_book: Path) -> None:
    links = page(built_book, "guide/index").select("nav.sections a")
    assert [(link["href"], link.text) for link in links] == [
        ("numbers.html", "1.1. Numbers"),
        ("shapes.html", "1.2. Shapes"),
        ("myst.html", "1.3. MyST beside the dialect"),
    ]
    assert not page(built_book, "guide/numbers").select("nav.sections")


def test_the_contents_mark_the_page_and_what_is_above_it(built_book: Path) -> None:
    contents = page(built_book, "guide/shapes").select_one("#site-contents")
    (current,) = contents.select("[aria-current=page]")
    assert current.select_one(".number").text == "1.2"
    assert [item.a.text for item in contents.select("li.open")] == ["1 Guide", "1.2 Shapes"]


def test_numbers_of_appendices_are_marked_too() -> None:
    assert '<span class="number">A.1</span> Tools' in site_contents('<a href="x">A.1. Tools</a>')
    assert "number" not in site_contents('<a href="x">St. Petersburg</a>')


@pytest.mark.parametrize(
    ("body", "title", "lead"),
    [
        ("<h1>A</h1>\n<p>B</p><p>C</p>", "<h1>A</h1>", "\n<p>B</p>"),
        ("<h1>A</h1><ul></ul>", "<h1>A</h1>", ""),
        ("<p>B</p>", "", ""),
        ("", "", ""),
    ],
)
def test_the_first_page_is_cut_below_its_title(body: str, title: str, lead: str) -> None:
    parts = front_page(body)
    assert (parts["front_title"], parts["front_lead"]) == (title, lead)
    assert parts["front_title"] + parts["front_lead"] + parts["front_rest"] == body


def luminance(colour: str) -> float:
    """Return the relative luminance: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("style", [Light, Dark])
def test_code_can_be_told_from_its_ground(style) -> None:
    ground = luminance(style.background_color)
    for token, drawn in style:
        if drawn["color"]:
            ink = luminance("#" + drawn["color"])
            contrast = (max(ink, ground) + 0.05) / (min(ink, ground) + 0.05)
            assert contrast >= 4.5, token


def test_plain_sphinx_gives_the_theme(write_book) -> None:
    folder = write_book({"index.md": "# Book\n", "page.md": "# Page\n"})
    (folder / "conf.py").write_text(
        'project = "Small"\nextensions = ["polybook.publish", "sphinx_external_toc"]\n',
        encoding="utf-8",
    )
    command = ["-m", "sphinx", "-q", "-b", "html", str(folder), str(folder / "_build/html")]
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert page(folder, "page").select_one("header.site-header")
