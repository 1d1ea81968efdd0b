"""What an author sees in Chromium while the tiny book is edited."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from preview.conftest import Author, served
from windows import Reader

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)

LIVE = "html[data-live=open]"


def open_page(reader: Reader, author: Author, name: str) -> Page:
    """Open a page, and mark the window, so that a reload would be noticed."""
    page = reader.page
    page.goto(f"{author.address}/{name}.html")
    page.wait_for_selector(LIVE)
    page.evaluate("window.stillHere = true")
    return page


def is_same_window(page: Page) -> bool:
    return page.evaluate("window.stillHere === true")


def height(place: Locator) -> float:
    """Return how far below the top of the window something stands, in CSS pixels."""
    box = place.bounding_box()
    assert box
    return box["y"]


def test_an_edited_sentence_appears_in_place(reader: Reader, author: Author) -> None:
    page = open_page(reader, author, "guide/numbers")
    page.set_viewport_size({"width": 1280, "height": 300})
    page.evaluate("scrollTo({top: 400, behavior: 'instant'})")
    page.evaluate("window.neighbour = document.querySelector('article h1')")
    top = height(page.get_by_text("Alpha adds."))

    author.replace("guide/numbers.md", "Counting is old", "Counting is very old indeed")

    expect(page.locator("article")).to_contain_text("Counting is very old indeed")
    assert is_same_window(page)
    assert page.evaluate("window.neighbour.isConnected"), "an unchanged block was replaced"
    assert height(page.get_by_text("Alpha adds.")) == pytest.approx(top, abs=1), (
        "the reader's place moved"
    )


def test_a_new_paragraph_above_does_not_move_what_is_read(reader: Reader, author: Author) -> None:
    page = open_page(reader, author, "guide/numbers")
    page.set_viewport_size({"width": 1280, "height": 300})
    page.get_by_text("Alpha adds.").evaluate("node => node.scrollIntoView({block: 'center'})")
    top = height(page.get_by_text("Alpha adds."))

    author.replace("guide/numbers.md", "Counting is old", "One more paragraph.\n\nCounting is old")

    expect(page.locator("article")).to_contain_text("One more paragraph.")
    assert height(page.get_by_text("Alpha adds.")) == pytest.approx(top, abs=1)


def test_the_chosen_framework_and_its_tabs_stay(reader: Reader, author: Author) -> None:
    page = open_page(reader, author, "guide/numbers")
    page.locator("[role=tab][data-framework=beta]").first.click()

    author.replace("guide/numbers.md", "Beta multiplies.", "Beta multiplies well.")

    expect(page.get_by_text("Beta multiplies well.")).to_be_visible()
    assert set(reader.panels()) == {"beta"}
    page.locator("[role=tab][data-framework=alpha]").last.click()
    assert set(reader.panels()) == {"alpha"}


def test_a_mistake_is_said_at_its_line_and_goes(reader: Reader, author: Author) -> None:
    page = open_page(reader, author, "guide/shapes")
    author.replace("guide/shapes.md", ":numref:`sec_numbers`", ":numref:`sec_nubmers`")

    box = page.locator(".live-finding", has_text="sec_nubmers")
    expect(box).to_be_visible()
    before = box.evaluate("box => box.previousElementSibling.textContent")
    assert before.startswith("A square,")
    page.locator(".live-summary summary").click()
    page.locator(".live-summary a", has_text="sec_nubmers").click()
    assert page.evaluate("location.hash").startswith("#live_")

    author.replace("guide/shapes.md", ":numref:`sec_nubmers`", ":numref:`sec_numbers`")
    expect(page.locator(".live-box")).to_have_count(0)
    assert is_same_window(page)


def test_the_last_good_page_stays_while_the_contents_are_wrong(
    reader: Reader, author: Author
) -> None:
    page = open_page(reader, author, "guide/numbers")
    author.replace("_toc.yml", "guide/shapes", "guide/shpaes")

    expect(page.locator(".live-trouble")).to_contain_text("_toc.yml:10")
    expect(page.locator(".live-trouble")).to_contain_text("shpaes")
    assert "Traceback" not in page.locator("body").inner_text()
    assert "Counting is old" in page.locator("article").inner_text()

    author.replace("_toc.yml", "guide/shpaes", "guide/shapes")
    expect(page.locator(".live-trouble")).to_have_count(0)


def test_the_sidebar_follows_titles_and_contents(reader: Reader, author: Author) -> None:
    page = open_page(reader, author, "guide/numbers")
    author.replace("guide/shapes.md", "# Shapes", "# Forms")
    expect(page.locator("#site-contents")).to_contain_text("Forms")

    (author.folder / "guide/more.md").write_text("# More of it\n\nText.\n", encoding="utf-8")
    author.replace(
        "_toc.yml", "- file: guide/shapes", "- file: guide/more\n          - file: guide/shapes"
    )
    expect(page.locator("#site-contents")).to_contain_text("1.2 More of it")
    expect(page.locator("#site-contents")).to_contain_text("1.3 Forms")
    page.locator("#site-contents a", has_text="More of it").click()
    expect(page.locator("article")).to_contain_text("Text.")


def test_a_figure_is_loaded_again(reader: Reader, author: Author) -> None:
    page = open_page(reader, author, "guide/shapes")
    with page.expect_response(lambda answer: "square.svg" in answer.url) as answer:
        author.replace("img/square.svg", "<svg ", "<!-- drawn again --><svg ")
    assert "drawn again" in answer.value.text()
    assert is_same_window(page)


def test_works_that_are_cited_are_read_again(reader: Reader, author: Author) -> None:
    page = open_page(reader, author, "works")
    author.replace("works.bib", "{Euclid}", "{Eukleides}")
    expect(page.locator("article")).to_contain_text("Eukleides")


def test_a_style_is_loaded_again(reader: Reader, tiny_book: Path) -> None:
    (tiny_book / "own").mkdir()
    (tiny_book / "own/own.css").write_text("article { letter-spacing: 0px; }", encoding="utf-8")
    config = (tiny_book / "_config.yml").read_text(encoding="utf-8")
    config += "    html_static_path: [own]\n    html_css_files: [own.css]\n"
    (tiny_book / "_config.yml").write_text(config, encoding="utf-8")
    with served(tiny_book, "--no-execute") as author:
        author.said("pages open")
        page = open_page(reader, author, "guide/numbers")
        author.replace("own/own.css", "0px", "3px")
        expect(page.locator("article")).to_have_css("letter-spacing", "3px")


def test_the_configuration_is_read_again(reader: Reader, author: Author) -> None:
    page = open_page(reader, author, "guide/numbers")
    author.replace("_config.yml", "title: Alpha", "title: Aleph")
    expect(page.locator("[role=tab][data-framework=alpha]").first).to_have_text("Aleph")
