"""What a reader does, in Chromium; each window fails its test if a page has a problem."""

from __future__ import annotations

import re

import pytest
from resources import REPOSITORY

from polybook.book import load_book

pytestmark = pytest.mark.browser

AUTODIFF = "chapters/preliminaries/automatic-differentiation"


def test_a_framework_is_switched_everywhere_and_remembered(reader, tiny_site: str) -> None:
    reader.open(f"{tiny_site}/guide/numbers.html")
    assert reader.panels() == ["alpha", "alpha"]
    assert reader.page.get_by_text("alpha says 2").is_visible()

    reader.page.locator("label", has_text="Beta").last.click()
    assert reader.panels() == ["beta", "beta"]
    assert reader.page.get_by_text("beta says 2").is_visible()
    assert not reader.page.get_by_text("alpha says 2").is_visible()

    reader.page.reload(wait_until="networkidle")
    assert reader.panels() == ["beta", "beta"]
    reader.open(f"{tiny_site}/guide/shapes.html")
    assert set(reader.panels()) == {"beta"}


def test_the_address_can_name_the_framework(reader, tiny_site: str) -> None:
    reader.open(f"{tiny_site}/guide/numbers.html?framework=beta")
    assert reader.panels() == ["beta", "beta"]


def test_tabs_work_with_the_keyboard(reader, tiny_site: str) -> None:
    reader.open(f"{tiny_site}/guide/numbers.html")
    reader.page.locator(".polybook-tabs > input").first.focus()
    reader.page.keyboard.press("ArrowRight")
    assert reader.panels() == ["beta", "beta"]


def test_a_reference_leads_to_its_section(reader, tiny_site: str) -> None:
    reader.open(f"{tiny_site}/guide/shapes.html")
    reader.page.get_by_role("link", name="Section 1.1", exact=True).click()
    reader.page.wait_for_url("**/guide/numbers.html#sec-numbers")
    assert reader.page.locator("article h1").inner_text().startswith("1.1. Numbers")


def test_mathematics_is_typeset(reader, tiny_site: str) -> None:
    reader.open(f"{tiny_site}/guide/numbers.html")
    reader.page.wait_for_selector("mjx-container")


def test_search_finds_a_page(reader, tiny_site: str) -> None:
    reader.open(f"{tiny_site}/search.html?q=square")
    reader.page.wait_for_selector("#search-results li a")
    assert "Shapes" in reader.page.locator("#search-results").inner_text()


def test_a_notebook_is_downloaded(reader, tiny_site: str) -> None:
    reader.open(f"{tiny_site}/guide/numbers.html")
    with reader.page.expect_download() as download:
        reader.page.locator(".polybook-notebooks a", has_text="Beta").click()
    assert download.value.suggested_filename == "numbers.ipynb"


@pytest.mark.book
def test_every_page_of_the_book_opens_without_a_problem(reader, book_site: str) -> None:
    for page in load_book(REPOSITORY).pages:
        reader.open(f"{book_site}/{page.docname}.html")
        assert reader.page.locator("article h1").first.is_visible()
        assert (
            reader.page.locator("img").evaluate_all(
                "images => images.filter(i => i.complete && !i.naturalWidth).map(i => i.src)"
            )
            == []
        )
        # Nothing of the source language is left in the text.
        text = reader.page.locator("article").inner_text()
        assert not re.search(r":(numref|ref|eqref|cite|citet|label|eqlabel|width):", text)
        assert not reader.page.locator("mjx-merror").count()


@pytest.mark.book
def test_the_book_switches_from_pytorch_to_jax(reader, book_site: str) -> None:
    reader.open(f"{book_site}/")
    reader.page.wait_for_url("**/book/index.html")
    reader.open(f"{book_site}/{AUTODIFF}.html")
    assert set(reader.panels()) == {"pytorch"}
    reader.page.locator("label", has_text="JAX").first.click()
    assert set(reader.panels()) == {"jax"}
    reader.page.reload(wait_until="networkidle")
    assert set(reader.panels()) == {"jax"}
    reader.page.locator("article a.reference.internal", has_text="Section").first.click()
    reader.page.wait_for_load_state("networkidle")
    assert "#" in reader.page.url


@pytest.mark.parametrize("place", ["h1", "h2", "p:not([class])", "code.literal .pre"])
def test_long_words_do_not_widen_a_phone(phone, tiny_site: str, place: str) -> None:
    phone.open(f"{tiny_site}/guide/shapes.html")
    phone.page.eval_on_selector(
        "article p:not([class])",
        "p => p.insertAdjacentHTML('afterend', '<h2></h2><p><code class=\"docutils literal\">"
        '<span class="pre"></span></code></p>\')',
    )
    phone.page.eval_on_selector(f"article {place}", "it => it.append('longword'.repeat(12))")
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.book
def test_no_page_of_the_book_is_wider_than_a_phone(phone, book_site: str) -> None:
    for page in load_book(REPOSITORY).pages:
        phone.open(f"{book_site}/{page.docname}.html")
        width = phone.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, page.docname
