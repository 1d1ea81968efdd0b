"""axe-core objects to nothing of weight, on any kind of page, in both themes and at both widths."""

from __future__ import annotations

from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from resources import REPOSITORY
from windows import open_window

from polybook.book import load_book

pytestmark = pytest.mark.browser

GALLERY = ("index", "text", "components", "outputs", "frameworks", "beta-only", "works")
TINY = ("index", "guide/index", "guide/numbers", "guide/shapes", "guide/myst", "genindex")


def objections(page) -> list[str]:
    """Return what axe finds: the rule, the element, and why.

    What it calls minor is the way in which docutils marks works and pandas
    draws tables.
    """
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:160]} {node['failureSummary']}"
        for rule in found
        if rule["impact"] != "minor"
        for node in rule["nodes"]
    ]


@pytest.fixture(params=["light", "dark"])
def light(request, reader) -> str:
    reader.page.emulate_media(color_scheme=request.param, reduced_motion="reduce")
    return request.param


@pytest.fixture(params=[390, 1440])
def width(request, reader) -> int:
    reader.page.set_viewport_size({"width": request.param, "height": 900})
    return request.param


@pytest.mark.parametrize("name", GALLERY)
def test_pages_with_everything_are_accessible(
    reader, gallery_site: str, light: str, width: int, name: str
) -> None:
    reader.open(f"{gallery_site}/{name}.html")
    reader.page.eval_on_selector_all("details", "all => all.forEach(it => { it.open = true })")
    assert objections(reader.page) == []


@pytest.mark.parametrize("name", TINY)
def test_a_small_book_is_accessible(
    reader, tiny_site: str, light: str, width: int, name: str
) -> None:
    reader.open(f"{tiny_site}/{name}.html")
    assert objections(reader.page) == []


def test_the_open_drawer_is_accessible(phone, tiny_site: str) -> None:
    phone.open(f"{tiny_site}/guide/numbers.html")
    phone.page.get_by_role("button", name="Contents").click()
    assert objections(phone.page) == []


@pytest.mark.book
def test_the_book_is_accessible(reader, book_site: str, light: str, width: int) -> None:
    """Each page in both lights and at both widths, but not in each light at each width."""
    half = (light == "dark") != (width < 700)
    for page in load_book(REPOSITORY).pages[half::2]:
        reader.open(f"{book_site}/{page.docname}.html")
        assert objections(reader.page) == [], page.docname


@pytest.mark.parametrize("name", ["text", "components", "frameworks"])
def test_headings_leave_out_no_level(reader, gallery_site: str, name: str) -> None:
    reader.open(f"{gallery_site}/{name}.html")
    levels = reader.page.eval_on_selector_all(
        "h1, h2, h3, h4, h5, h6", "all => all.map(h => Number(h.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= level + 1 for level, later in pairwise(levels))


def test_the_first_key_skips_to_the_text(reader, gallery_site: str) -> None:
    reader.open(f"{gallery_site}/text.html")
    reader.page.keyboard.press("Tab")
    link = reader.page.get_by_role("link", name="Skip to content")
    assert link.evaluate("it => it === document.activeElement")
    assert link.bounding_box()["y"] >= 0
    reader.page.keyboard.press("Enter")
    assert reader.page.evaluate("document.activeElement.id") == "main"


def test_pages_tell_their_language(reader, gallery_site: str) -> None:
    reader.open(f"{gallery_site}/text.html")
    assert reader.page.locator("html").get_attribute("lang") == "en"


# Whatever is pressed and stands in no sentence (WCAG 2.2, 2.5.8); answers what is smaller.
SENTENCES = "p, dd, dt, figure, .cell, .admonition, .sd-card, .announcement"
SMALLER_THAN = """([least, sentences]) =>
  [...document.querySelectorAll("a, button, select, summary")]
  .filter(it => it.tagName !== "A" || !it.closest(sentences))
  .map(it => [it, it.getBoundingClientRect()])
  .filter(([it, box]) => box.width && (box.height < least || box.width < least))
  .map(([it, box]) => `${it.outerHTML.slice(0, 80)} ${box.width} x ${box.height}`)"""


@pytest.mark.parametrize("name", ["text", "components", "outputs", "frameworks", "genindex"])
def test_a_finger_hits_what_can_be_pressed(browser: Browser, gallery_site: str, name: str) -> None:
    for touch in open_window(browser, 390, 800, has_touch=True, is_mobile=True):
        touch.open(f"{gallery_site}/{name}.html")
        touch.page.get_by_role("button", name="Contents").click()
        assert touch.page.evaluate(SMALLER_THAN, [24, SENTENCES]) == []
        main = ".site-header :is(button, select, .search-button), [role=tab], .site-contents a"
        boxes = [each.bounding_box() for each in touch.page.locator(main).all()]
        seen = [box for box in boxes if box is not None]
        assert len(seen) > 5
        assert all(box["height"] >= 44 and box["width"] >= 44 for box in seen), seen
