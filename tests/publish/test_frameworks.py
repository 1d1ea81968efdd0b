"""Choosing a framework, in Chromium: everywhere at once, remembered, by name, in place."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import expect
from resources import Polybook

pytestmark = pytest.mark.browser

AUTODIFF = "chapters/preliminaries/automatic-differentiation"


def tab(reader, title: str, at: int = 0):
    return reader.page.get_by_role("tab", name=title, exact=True).nth(at)


def chosen(reader) -> str:
    return reader.page.locator("#framework").input_value()


def test_a_framework_is_switched_everywhere_and_remembered(reader, tiny_site: str) -> None:
    reader.open(f"{tiny_site}/guide/numbers.html")
    assert reader.panels() == ["alpha", "alpha"]
    assert reader.page.get_by_text("alpha says 2").is_visible()

    tab(reader, "Beta", 1).click()
    assert reader.panels() == ["beta", "beta"]
    assert chosen(reader) == "beta"
    assert reader.page.get_by_text("beta says 2").is_visible()
    assert not reader.page.get_by_text("alpha says 2").is_visible()

    reader.page.reload(wait_until="networkidle")
    assert reader.panels() == ["beta", "beta"]
    reader.open(f"{tiny_site}/guide/shapes.html")
    assert set(reader.panels()) == {"beta"}


def test_the_choice_in_the_header_switches_the_page(reader, gallery_site: str) -> None:
    reader.open(f"{gallery_site}/frameworks.html")
    reader.page.locator("#framework").select_option("gamma")
    assert reader.panels() == ["gamma", "gamma"]
    expect(tab(reader, "Gamma")).to_have_attribute("aria-selected", "true")
    expect(tab(reader, "Alpha")).to_have_attribute("aria-selected", "false")


def test_the_address_names_the_framework_and_follows_the_choice(reader, gallery_site: str) -> None:
    reader.open(f"{gallery_site}/frameworks.html?framework=beta#two-of-three")
    assert set(reader.panels()) == {"beta"}
    tab(reader, "Gamma").click()
    assert reader.page.url.endswith("/frameworks.html?framework=gamma#two-of-three")
    # Without the name in it, the address stays as it is.
    reader.open(f"{gallery_site}/frameworks.html")
    assert set(reader.panels()) == {"gamma"}
    tab(reader, "Alpha").click()
    assert reader.page.url.endswith("/frameworks.html")


@pytest.mark.parametrize("name", ["delta", "", "constructor", '"]'])
def test_a_framework_that_the_book_lacks_is_ignored(reader, gallery_site: str, name: str) -> None:
    reader.context.add_init_script(f"localStorage.setItem('polybook-framework', '{name}')")
    reader.open(f"{gallery_site}/frameworks.html?framework={name}")
    assert set(reader.panels()) == {"alpha"}


def test_tabs_work_with_the_keyboard(reader, gallery_site: str) -> None:
    """As the ARIA authoring practices say: arrows go round, Home and End to the ends."""
    reader.open(f"{gallery_site}/frameworks.html")
    tab(reader, "Alpha").focus()
    for key, framework in [
        ("ArrowRight", "beta"),
        ("ArrowRight", "gamma"),
        ("ArrowRight", "alpha"),
        ("ArrowLeft", "gamma"),
        ("Home", "alpha"),
        ("End", "gamma"),
    ]:
        reader.page.keyboard.press(key)
        assert set(reader.panels()) == {framework}
        focused = reader.page.evaluate("document.activeElement.dataset.framework")
        assert focused == framework
    # One stop for the whole row: the next one is outside.
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate("document.activeElement.getAttribute('role')") != "tab"


def test_tabs_and_panels_name_each_other(gallery) -> None:
    page = BeautifulSoup(
        (gallery / "_build/html/frameworks.html").read_text("utf-8"), "html.parser"
    )
    tabs = page.select("[role=tab]")
    assert len(tabs) == 6
    assert len({each["id"] for each in tabs}) == 6
    for each in tabs:
        panel = page.find(id=each["aria-controls"])
        assert panel["role"] == "tabpanel"
        assert panel["aria-labelledby"] == each["id"]
        assert panel["data-framework"] == each["data-framework"]
    assert [each["aria-selected"] for each in tabs[:3]] == ["true", "false", "false"]


def test_a_remark_for_one_framework_is_shown_to_its_readers(reader, gallery_site: str) -> None:
    remark = reader.page.get_by_text("Beta alone needs to hear this.")
    reader.open(f"{gallery_site}/frameworks.html")
    expect(remark).to_be_hidden()
    tab(reader, "Beta").click()
    expect(remark).to_be_visible()


@pytest.mark.parametrize("by", ["tab", "choice"])
def test_switching_keeps_the_readers_place(reader, tiny_site: str, by: str) -> None:
    reader.open(f"{tiny_site}/guide/numbers.html")
    # The panel above grows in one of the frameworks.
    reader.page.eval_on_selector(
        ".framework-panel[data-framework=beta]",
        "panel => panel.insertAdjacentHTML('beforeend', '<div style=\"height: 3000px\"></div>')",
    )
    # And there is something below to scroll to.
    reader.page.eval_on_selector("main", "main => { main.style.paddingBottom = '2000px' }")
    place = tab(reader, "Beta", 1) if by == "tab" else reader.page.get_by_text("42").last
    place.evaluate("it => scrollTo(0, it.getBoundingClientRect().top + scrollY - 80)")
    before = place.bounding_box()["y"]
    if by == "tab":
        place.click()
    else:
        reader.page.locator("#framework").select_option("beta")
    assert reader.panels() == ["beta", "beta"]
    assert reader.page.evaluate("scrollY") > 2000
    assert place.bounding_box()["y"] == pytest.approx(before, abs=1)


def test_a_page_says_that_it_lacks_the_readers_framework(reader, gallery_site: str) -> None:
    note = reader.page.get_by_text("This page is not written for Gamma. You see Beta.")
    reader.open(f"{gallery_site}/beta-only.html?framework=gamma")
    expect(note).to_be_visible()
    assert chosen(reader) == "gamma"
    assert reader.page.get_by_text("beta()").is_visible()
    # Other pages keep to the choice.
    reader.open(f"{gallery_site}/frameworks.html")
    assert set(reader.panels()) == {"gamma"}
    reader.open(f"{gallery_site}/beta-only.html?framework=beta")
    expect(note).to_be_hidden()


def test_going_back_shows_the_last_choice(reader, gallery_site: str) -> None:
    reader.open(f"{gallery_site}/frameworks.html")
    reader.open(f"{gallery_site}/components.html")
    reader.page.locator("#framework").select_option("gamma")
    reader.page.go_back(wait_until="networkidle")
    assert set(reader.panels()) == {"gamma"}
    assert chosen(reader) == "gamma"
    reader.page.go_forward(wait_until="networkidle")
    assert chosen(reader) == "gamma"


def test_other_scripts_hear_of_the_choice(reader, gallery_site: str) -> None:
    reader.open(f"{gallery_site}/frameworks.html")
    reader.page.evaluate(
        "document.addEventListener('polybook:framework', e => { window.heard = e.detail })"
    )
    tab(reader, "Beta").click()
    assert reader.page.evaluate("window.heard") == {"framework": "beta"}


def test_without_scripts_the_page_shows_its_first_framework(scriptless, gallery_site: str) -> None:
    scriptless.open(f"{gallery_site}/frameworks.html")
    expect(scriptless.page.get_by_text("alpha(x)")).to_be_visible()
    expect(scriptless.page.get_by_text("beta(x)")).to_be_hidden()
    # Nothing offers what it cannot do.
    for control in scriptless.page.locator("button, select").all():
        expect(control).to_be_hidden()
    scriptless.open(f"{gallery_site}/beta-only.html")
    expect(scriptless.page.get_by_text("beta()")).to_be_visible()


def test_where_storage_is_forbidden_the_choice_holds_for_the_page(reader, gallery_site) -> None:
    reader.context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no') } })"
    )
    reader.open(f"{gallery_site}/frameworks.html")
    tab(reader, "Beta").click()
    assert set(reader.panels()) == {"beta"}


def test_a_book_with_another_theme_has_the_same_tabs(
    tmp_path, browser, polybook: Polybook, write_book
) -> None:
    cell = "```{.python .input}\n#@tab NAME\nNAME(x)\n```\n"
    page = "# Page\n\n" + cell.replace("NAME", "alpha") + "\n" + cell.replace("NAME", "beta")
    folder = write_book(
        {"index.md": "# Book\n", "page.md": page},
        config="title: Small\npolybook:\n  frameworks:\n    alpha: {title: Alpha}\n"
        "    beta: {title: Beta}\nsphinx:\n  config:\n    html_theme: alabaster\n",
    )
    done = polybook("build", "html", "--no-execute", "--book", folder)
    assert done.returncode == 0, done.stderr
    window = browser.new_page()
    window.goto((folder / "_build/html/page.html").as_uri())
    assert window.locator("div.sphinxsidebar").count()
    expect(window.get_by_text("alpha(x)")).to_be_visible()
    expect(window.get_by_text("beta(x)")).to_be_hidden()
    window.get_by_role("tab", name="Beta").click()
    expect(window.get_by_text("beta(x)")).to_be_visible()
    expect(window.get_by_text("alpha(x)")).to_be_hidden()
    window.close()


@pytest.mark.book
def test_the_book_switches_from_pytorch_to_jax(reader, book_site: str) -> None:
    reader.open(f"{book_site}/")
    reader.page.wait_for_url("**/book/index.html")
    reader.page.get_by_role("link", name="Read in JAX").click()
    reader.page.wait_for_load_state("networkidle")
    assert chosen(reader) == "jax"
    reader.open(f"{book_site}/{AUTODIFF}.html")
    assert set(reader.panels()) == {"jax"}
    tab(reader, "PyTorch").click()
    assert set(reader.panels()) == {"pytorch"}
    reader.page.reload(wait_until="networkidle")
    assert set(reader.panels()) == {"pytorch"}
