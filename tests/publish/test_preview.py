"""Previews of what links lead to, as a reader with a mouse, a keyboard or a finger meets them."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

pytestmark = pytest.mark.browser

SHAPES = "guide/shapes.html"
NUMBERS = "guide/numbers.html"


def link_to(reader, name: str) -> Locator:
    return reader.page.locator("article").get_by_role("link", name=name, exact=True).first


def test_a_section_shows_its_title_and_its_beginning(reader, tiny_site: str) -> None:
    reader.open(f"{tiny_site}/{SHAPES}")
    link = link_to(reader, "Section 1.1")
    link.hover()
    card = reader.page.get_by_role("tooltip")
    expect(card).to_contain_text("Numbers")
    expect(card).to_contain_text("Counting is old")
    assert link.get_attribute("aria-describedby") == card.get_attribute("id")
    # It does not repeat the page's anchors.
    assert not card.locator("[id]").count()


def test_a_figure_shows_itself(reader, tiny_site: str) -> None:
    reader.open(f"{tiny_site}/{SHAPES}")
    link_to(reader, "Fig. 1.2.1").hover()
    image = reader.page.get_by_role("tooltip").locator("figure img")
    expect(image).to_be_visible()
    assert image.evaluate("it => it.decode().then(() => it.naturalWidth)") > 0


def test_an_equation_shows_its_formula(reader, tiny_site: str) -> None:
    reader.open(f"{tiny_site}/{NUMBERS}")
    link_to(reader, "(1.1.1)").hover()
    expect(reader.page.get_by_role("tooltip").locator("mjx-math")).to_be_visible()


def test_a_citation_shows_the_work(reader, tiny_site: str) -> None:
    reader.open(f"{tiny_site}/{NUMBERS}")
    link_to(reader, "Euclid, 1956").hover()
    expect(reader.page.get_by_role("tooltip")).to_contain_text("The Thirteen Books of the Elements")


def test_nothing_is_fetched_before_and_nothing_twice(reader, tiny_site: str) -> None:
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.url))
    reader.open(f"{tiny_site}/{SHAPES}")
    assert not [url for url in asked if url.endswith("numbers.html")]
    card = reader.page.get_by_role("tooltip")
    for _ in range(2):
        link_to(reader, "Section 1.1").hover()
        expect(card).to_be_visible()
        reader.page.keyboard.press("Escape")
        expect(card).to_have_count(0)
        reader.page.mouse.move(0, 0)
    assert len([url for url in asked if url.endswith("numbers.html")]) == 1


def test_the_pointer_can_go_onto_the_card(reader, tiny_site: str) -> None:
    reader.open(f"{tiny_site}/{SHAPES}")
    link_to(reader, "Section 1.1").hover()
    card = reader.page.get_by_role("tooltip")
    expect(card).to_be_visible()
    card.hover()
    # Longer than it takes to close where nobody points at it.
    reader.page.evaluate("() => new Promise(done => setTimeout(done, 500))")
    expect(card).to_be_visible()
    reader.page.mouse.move(0, 0)
    expect(card).to_have_count(0)


def test_the_keyboard_opens_and_escape_closes(reader, tiny_site: str) -> None:
    reader.open(f"{tiny_site}/{SHAPES}")
    link = link_to(reader, "Section 1.1")
    # Reached with the keyboard, not with a pointer.
    reader.page.keyboard.press("Tab")
    link.focus()
    card = reader.page.get_by_role("tooltip")
    expect(card).to_contain_text("Counting is old")
    reader.page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    assert link.evaluate("it => it === document.activeElement")


def test_a_tap_follows_the_link(browser: Browser, tiny_site: str) -> None:
    with browser.new_context(has_touch=True, viewport={"width": 390, "height": 800}) as context:
        page = context.new_page()
        page.goto(f"{tiny_site}/{SHAPES}")
        page.locator("article").get_by_role("link", name="Section 1.1", exact=True).tap()
        page.wait_for_url("**/guide/numbers.html#sec-numbers")
        assert not page.get_by_role("tooltip").count()


def test_a_link_in_code_shows_its_section(reader, tiny_site: str) -> None:
    reader.open(f"{tiny_site}/{SHAPES}")
    reader.page.locator("a.code-link:visible", has_text="tiny.double").first.hover()
    expect(reader.page.get_by_role("tooltip")).to_contain_text("Numbers")


def test_pages_opened_as_files_have_no_preview(reader, built_book: Path) -> None:
    reader.page.goto((built_book / "_build/html" / SHAPES).as_uri())
    link_to(reader, "Section 1.1").hover()
    reader.page.evaluate("() => new Promise(done => setTimeout(done, 600))")
    assert not reader.page.get_by_role("tooltip").count()
    # The window counts files as another host; what matters is that no script has failed.
    assert not [each for each in reader.problems if each.startswith("error:")]
    reader.problems.clear()
