"""Reading in Chromium: light and dark, contents, phone, paper, without scripts, nothing moves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from resources import REPOSITORY

from polybook.book import load_book

pytestmark = pytest.mark.browser

GALLERY = ("index", "text", "components", "outputs", "frameworks", "works", "genindex")


def theme(reader) -> str:
    return reader.page.evaluate("document.documentElement.dataset.theme")


def test_light_and_dark_follow_the_system_until_the_reader_chooses(reader, tiny_site: str) -> None:
    reader.page.emulate_media(color_scheme="dark")
    reader.open(f"{tiny_site}/guide/numbers.html")
    assert theme(reader) == "dark"
    reader.page.emulate_media(color_scheme="light")
    expect(reader.page.locator("html")).to_have_attribute("data-theme", "light")

    button = reader.page.get_by_role("button", name="Dark theme")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    reader.open(f"{tiny_site}/guide/shapes.html")
    assert theme(reader) == "dark"
    dark = reader.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(map(int, re.findall(r"\d+", dark))) < 40


def test_a_reference_leads_to_its_section(reader, tiny_site: str) -> None:
    reader.open(f"{tiny_site}/guide/shapes.html")
    reader.page.get_by_role("link", name="Section 1.1", exact=True).click()
    reader.page.wait_for_url("**/guide/numbers.html#sec-numbers")
    assert reader.page.locator("article h1").inner_text().startswith("1.1. Numbers")
    # The header hides no heading that a link leads to.
    top = reader.page.locator("article h1").bounding_box()["y"]
    assert top > reader.page.locator("header").bounding_box()["height"]


def test_mathematics_is_typeset(reader, tiny_site: str) -> None:
    reader.open(f"{tiny_site}/guide/numbers.html")
    reader.page.wait_for_selector("mjx-container math", state="attached")


def test_the_contents_open_and_close(reader, tiny_site: str) -> None:
    reader.open(f"{tiny_site}/works.html")
    contents = reader.page.get_by_role("navigation", name="Contents")
    expect(contents.get_by_role("link", name="Works")).to_have_attribute("aria-current", "page")
    section = contents.get_by_role("link", name="Shapes")
    expect(section).to_be_hidden()
    contents.get_by_role("button", name="Guide").click()
    expect(section).to_be_visible()
    section.click()
    # On its page the chapter is open from the start.
    expect(contents.get_by_role("button", name="Guide")).to_have_attribute("aria-expanded", "true")
    expect(section).to_be_visible()
    contents.get_by_role("button", name="Guide").click()
    expect(section).to_be_hidden()


def test_the_page_tells_where_its_reader_is(reader, gallery_site: str) -> None:
    reader.open(f"{gallery_site}/frameworks.html")
    aside = reader.page.get_by_role("complementary", name="On this page")
    here = aside.locator("[aria-current]")
    expect(here).to_have_count(0)
    reader.page.eval_on_selector("main", "main => { main.style.paddingBottom = '2000px' }")
    reader.page.eval_on_selector("#two-of-three", "it => it.scrollIntoView({behavior: 'instant'})")
    expect(here).to_have_text(re.compile("Two of Three"))
    aside.get_by_role("link", name="A Remark").click()
    expect(here).to_have_text(re.compile("A Remark"))


def test_the_contents_are_a_drawer_on_a_phone(phone, tiny_site: str) -> None:
    phone.open(f"{tiny_site}/guide/numbers.html")
    button = phone.page.get_by_role("button", name="Contents")
    contents = phone.page.locator("#site-contents")
    expect(contents).to_be_hidden()
    button.click()
    expect(contents).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    # The keyboard goes on in the drawer, and comes back with Escape.
    expect(contents.locator("[aria-current=page]")).to_be_focused()
    phone.page.keyboard.press("Escape")
    expect(contents).to_be_hidden()
    expect(button).to_be_focused()
    button.click()
    phone.page.mouse.click(350, 700)
    expect(contents).to_be_hidden()
    button.click()
    contents.get_by_role("link", name="Shapes").click()
    phone.page.wait_for_url("**/guide/shapes.html")
    expect(contents).to_be_hidden()


@pytest.mark.parametrize("place", ["h1", "h2", "p:not([class])", "code.literal .pre"])
def test_long_words_do_not_widen_a_phone(phone, tiny_site: str, place: str) -> None:
    phone.open(f"{tiny_site}/guide/shapes.html")
    phone.page.eval_on_selector(
        "article section > p:not([class])",
        "p => p.insertAdjacentHTML('afterend', '<h2></h2><p><code class=\"docutils literal\">"
        '<span class="pre"></span></code></p>\')',
    )
    phone.page.eval_on_selector(
        f"article section {place}", "it => it.append('longword'.repeat(12))"
    )
    assert phone.width() <= 390


@pytest.mark.parametrize("name", GALLERY)
@pytest.mark.parametrize("width", [320, 390, 1024, 1280, 1680])
def test_no_page_is_wider_than_the_window(reader, gallery_site: str, name: str, width: int) -> None:
    reader.page.set_viewport_size({"width": width, "height": 800})
    reader.open(f"{gallery_site}/{name}.html")
    assert reader.width() <= width


def test_wide_things_scroll_and_the_keyboard_reaches_them(phone, gallery_site: str) -> None:
    phone.open(f"{gallery_site}/text.html")
    table = phone.page.locator(".table-scroll").last
    expect(table).to_have_attribute("tabindex", "0")
    table.focus()
    phone.page.keyboard.press("End")
    phone.page.set_viewport_size({"width": 1280, "height": 800})
    expect(table).not_to_have_attribute("tabindex", "0")


def test_an_edge_fades_while_there_is_more_behind_it(phone, gallery_site: str) -> None:
    phone.open(f"{gallery_site}/text.html")
    table = phone.page.locator(".table-scroll").last
    fade = "it => ['--fade-start', '--fade-end'].map(n => getComputedStyle(it).getPropertyValue(n))"
    assert table.evaluate(fade) == ["0px", "24px"]
    table.evaluate("it => it.scrollTo(it.scrollWidth, 0)")
    phone.page.wait_for_function(
        "() => getComputedStyle([...document.querySelectorAll('.table-scroll')].at(-1))"
        ".getPropertyValue('--fade-end') === '0px'"
    )
    assert table.evaluate(fade) == ["24px", "0px"]
    # One that fits is whole.
    assert phone.page.locator(".table-scroll").first.evaluate(fade) == ["0px", "0px"]


def test_the_title_of_a_section_has_no_line_below_its_number(reader, gallery_site: str) -> None:
    reader.open(f"{gallery_site}/text.html")
    lines = reader.page.locator("#site-contents [aria-current=page]").evaluate(
        "it => { it.style.width = '8rem';"
        " const all = document.createRange(); all.selectNodeContents(it.lastChild);"
        # Without the space after the number.
        " all.setStart(it.lastChild, 1);"
        " return [...all.getClientRects()].map(each => Math.round(each.left)) }"
    )
    assert len(lines) > 1
    assert max(lines) - min(lines) <= 2


def test_titles_of_the_contents_stay_where_they_are_from_page_to_page(
    reader, gallery_site: str
) -> None:
    def places() -> list[float]:
        links = reader.page.locator("#site-contents > ul a").all()
        return [box["y"] for each in links if (box := each.bounding_box())]

    reader.open(f"{gallery_site}/text.html")
    first = places()
    reader.open(f"{gallery_site}/components.html")
    assert places() == first


def test_a_wide_cell_is_never_narrower_than_the_text(reader, gallery_site: str) -> None:
    for width in (1024, 1680):
        reader.page.set_viewport_size({"width": width, "height": 800})
        reader.open(f"{gallery_site}/outputs.html")
        wide = reader.page.locator(".tag_full-width pre").first.bounding_box()
        text = reader.page.locator("article").bounding_box()
        assert wide["width"] >= text["width"]


# Those without formulas, which are set after the page has been shown.
@pytest.mark.parametrize("name", ["index", "components", "outputs", "frameworks", "beta-only"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_while_a_page_loads(reader, gallery_site: str, name: str, width: int) -> None:
    """The cumulative layout shift is zero, also for a choice that is not the book's first."""
    reader.page.set_viewport_size({"width": width, "height": 800})
    reader.open(f"{gallery_site}/frameworks.html?framework=gamma")
    reader.context.add_init_script(
        "window.shifts = [];"
        "new PerformanceObserver(list => list.getEntries().forEach("
        "  shift => window.shifts.push([shift.value,"
        "    ...shift.sources.map(each => each.node?.outerHTML?.slice(0, 80))])"
        ")).observe({ type: 'layout-shift', buffered: true })"
    )
    reader.open(f"{gallery_site}/{name}.html")
    reader.page.evaluate(
        "async () => { for (let y = 0; y < document.body.scrollHeight; y += 400) {"
        "  scrollTo({ top: y, behavior: 'instant' });"
        "  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))) } }"
    )
    assert reader.page.evaluate("window.shifts") == []


def test_pictures_tell_their_size_and_wait(gallery: Path, reader, gallery_site: str) -> None:
    reader.open(f"{gallery_site}/outputs.html")
    picture = reader.page.locator(".cell_output img")
    expect(picture).to_have_attribute("width", "320")
    expect(picture).to_have_attribute("height", "120")
    expect(picture).to_have_attribute("loading", "lazy")


def test_without_scripts_everything_can_be_read(scriptless, gallery_site: str) -> None:
    scriptless.open(f"{gallery_site}/components.html")
    answer = scriptless.page.get_by_text("Its answer.")
    expect(answer).to_be_hidden()
    scriptless.page.get_by_text("A question").click()
    expect(answer).to_be_visible()
    contents = scriptless.page.get_by_role("navigation", name="Contents")
    contents.get_by_role("link", name="Outputs").click()
    expect(scriptless.page.get_by_text("standard output, on a line").last).to_be_visible()


def test_paper_shows_the_text_alone(reader, gallery_site: str) -> None:
    reader.open(f"{gallery_site}/frameworks.html?framework=beta")
    reader.page.emulate_media(media="print")
    for gone in ("header", "#site-contents", ".on-this-page", ".page-footer", "[role=tablist]"):
        expect(reader.page.locator(gone).first).to_be_hidden()
    assert set(reader.panels()) == {"beta"}
    reader.open(f"{gallery_site}/outputs.html")
    cut = reader.page.eval_on_selector_all(
        "pre", "all => all.filter(pre => pre.scrollWidth > pre.clientWidth + 1).length"
    )
    assert cut == 0
    reader.open(f"{gallery_site}/text.html")
    after = "link => getComputedStyle(link, '::after').content"
    link = reader.page.locator("article a.external").first
    assert "example.org" in link.evaluate(after)


def test_paper_is_white(reader, gallery_site: str) -> None:
    reader.page.emulate_media(color_scheme="dark", media="print")
    reader.open(f"{gallery_site}/components.html")
    colours = "it => [getComputedStyle(it).color, getComputedStyle(document.body).backgroundColor]"
    for selector in (".highlight .k", ".admonition-title", "article p"):
        ink, paper = reader.page.locator(selector).first.evaluate(colours)
        assert (ink, paper) == ("rgb(0, 0, 0)", "rgb(255, 255, 255)")


def test_the_first_page_leads_into_the_book(reader, gallery_site: str) -> None:
    reader.open(f"{gallery_site}/index.html")
    page = reader.page.locator("article")
    expect(page.get_by_text("Ada Alpha and Ben Beta")).to_be_visible()
    contents = page.get_by_role("region", name="Contents")
    expect(contents.get_by_role("link")).to_have_text(
        [
            re.compile(words)
            for words in (
                "1 Text, Mathematics and Tables",
                "2 Components",
                "3 Outputs",
                "4 Frameworks",
                "5 Beta Only",
                "Works",
            )
        ]
    )
    page.get_by_role("link", name="Read in Gamma").click()
    reader.page.wait_for_url("**/text.html?framework=gamma")
    assert reader.page.locator("#framework").input_value() == "gamma"


@pytest.mark.book
def test_every_page_of_the_book_opens_without_a_problem(reader, book_site: str) -> None:
    for page in load_book(REPOSITORY).pages:
        reader.open(f"{book_site}/{page.docname}.html")
        # A line of equals signs below text would make it another title.
        assert reader.page.locator("article h1").count() == 1
        assert reader.page.locator("article h1").is_visible()
        assert (
            reader.page.locator("img").evaluate_all(
                "images => images.filter(i => i.complete && !i.naturalWidth).map(i => i.src)"
            )
            == []
        )
        # Nothing of the source language is left in the text, where no example shows it.
        text = reader.page.locator("article").evaluate(
            """article => {
                const copy = article.cloneNode(true)
                copy.querySelectorAll("pre, code").forEach(example => example.remove())
                return copy.textContent
            }"""
        )
        assert not re.search(r":(numref|ref|eqref|cite|citet|label|eqlabel|width):", text)
        assert not re.search(r"\$\\\w", text)
        assert not reader.page.locator(".math-error").count()


@pytest.mark.book
def test_no_page_of_the_book_is_wider_than_a_phone(phone, book_site: str) -> None:
    # As narrow as a page may become when it is enlarged (WCAG 2.2, 1.4.10).
    phone.page.set_viewport_size({"width": 320, "height": 800})
    for page in load_book(REPOSITORY).pages:
        phone.open(f"{book_site}/{page.docname}.html")
        assert phone.width() <= 320, page.docname
