"""Taking notebooks home and joining a discussion, in Chromium: nothing foreign before a click."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from playwright.sync_api import Page, Request
from resources import Polybook, serve
from windows import Reader

pytestmark = pytest.mark.browser

SETTINGS = """\
repository: {url: https://github.com/ORG/REPO, branch: main}
html:
  baseurl: https://book.example.org/
  use_edit_page_button: true
  use_issues_button: true
  comments:
    hypothesis: true
    utterances: {repo: ORG/COMMENTS}
polybook:
  launch:
    notebooks: https://github.com/ORG/REPO/tree/pages/launch
    services: [colab, binder]
  discussion:
    url: "https://forum.example.org/{framework}/{page}"
"""
GISCUS = "    giscus: {repo: ORG/REPO, repo_id: R_1, category: Pages, category_id: DIC_1}\n"


def build(built_book: Path, folder: Path, polybook: Polybook, settings: str) -> Path:
    """Build the tiny book with other settings, and outputs."""
    ignore = shutil.ignore_patterns("html", "doctrees")
    shutil.copytree(built_book, folder, ignore=ignore)
    config = (folder / "_config.yml").read_text(encoding="utf-8")
    text = config.replace("polybook:\n", settings, 1)
    (folder / "_config.yml").write_text(text, encoding="utf-8")
    done = polybook("build", "html", "--no-execute", "--book", folder)
    assert done.returncode == 0, done.stderr
    return folder / "_build/html"


@pytest.fixture(scope="module")
def site(
    built_book: Path, tmp_path_factory: pytest.TempPathFactory, polybook: Polybook
) -> Iterator[str]:
    """Return the address of the tiny book with everything that can be configured."""
    folder = tmp_path_factory.mktemp("take-home") / "book"
    with serve(build(built_book, folder, polybook, SETTINGS + GISCUS)) as address:
        yield address


@pytest.fixture(scope="module")
def forum_site(
    built_book: Path, tmp_path_factory: pytest.TempPathFactory, polybook: Polybook
) -> Iterator[str]:
    """Return the address of the tiny book whose threads are those of a Discourse forum."""
    folder = tmp_path_factory.mktemp("forum") / "book"
    settings = SETTINGS + "    discourse: https://forum.example.org\n"
    with serve(build(built_book, folder, polybook, settings)) as address:
        yield address


def shown(page: Page) -> str:
    """Return the selector of what belongs to the reader's framework."""
    return f'[data-framework="{page.evaluate("document.documentElement.dataset.framework")}"]'


def saved(reader: Reader, words: str, folder: Path) -> Path:
    """Choose something of the menu and return the file as a reader has it."""
    page = reader.page
    page.locator(f".take-home {shown(page)} summary").click()
    with page.expect_download() as download:
        page.locator(f".take-home {shown(page)} a", has_text=words).first.click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def test_the_menu_gives_the_framework_s_own_files(
    reader: Reader, tiny_site: str, tmp_path: Path
) -> None:
    reader.open(f"{tiny_site}/guide/numbers.html?framework=beta")
    executed = saved(reader, "With outputs", tmp_path)
    assert executed.name == "numbers.ipynb"
    notebook = nbformat.read(executed, 4)
    before = [cell.get("outputs") for cell in notebook.cells]
    # This page defines what it uses, so that it runs without the library.
    NotebookClient(notebook, kernel_name="python3").execute()
    assert [cell.get("outputs") for cell in notebook.cells] == before

    clean = saved(reader, "Without outputs", tmp_path)
    assert clean.name == "numbers.clean.ipynb"
    assert not any(cell.get("outputs") for cell in nbformat.read(clean, 4).cells)

    script = saved(reader, "Python script", tmp_path)
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, timeout=60, check=False
    )
    assert (script.name, done.stdout) == ("numbers.py", "beta says 2\n")

    archive = saved(reader, "All notebooks", tmp_path)
    assert archive.name == "a-tiny-book-beta.zip"
    with zipfile.ZipFile(archive) as found:
        assert found.testzip() is None


def test_the_front_page_gives_the_whole_book(
    reader: Reader, tiny_site: str, tmp_path: Path
) -> None:
    reader.open(f"{tiny_site}/index.html")
    with reader.page.expect_download() as download:
        reader.page.locator(f".take-home {shown(reader.page)} a").click()
    assert download.value.suggested_filename == "a-tiny-book-alpha.zip"


def test_the_menu_follows_the_framework(reader: Reader, tiny_site: str) -> None:
    reader.open(f"{tiny_site}/guide/numbers.html")
    menus = reader.page.locator(".take-home summary")
    assert [each.is_visible() for each in menus.all()] == [True, False]
    reader.page.select_option("#framework", "beta")
    assert [each.is_visible() for each in menus.all()] == [False, True]


def test_the_menu_closes_as_a_menu_does(reader: Reader, tiny_site: str) -> None:
    reader.open(f"{tiny_site}/guide/numbers.html")
    menu = reader.page.locator(".take-home .menu").first
    summary = menu.locator("summary")
    summary.focus()
    reader.page.keyboard.press("Enter")
    assert menu.get_attribute("open") is not None
    reader.page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    assert summary.evaluate("it => it === document.activeElement")
    summary.click()
    reader.page.locator("h1").click()
    assert menu.get_attribute("open") is None


def test_the_menu_needs_no_script(reader: Reader, tiny_site: str) -> None:
    context = reader.context.browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{tiny_site}/guide/numbers.html")
    page.locator(".take-home summary").first.click()
    assert page.get_by_text("Python script").first.is_visible()
    context.close()


def test_menu_and_buttons_fit_a_phone(phone: Reader, site: str) -> None:
    phone.open(f"{site}/guide/numbers.html")
    phone.page.locator(".take-home summary").first.click()
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    for link in phone.page.locator(".take-home a:visible, .page-links a:visible").all():
        box = link.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["height"] >= 24


def opened(reader: Reader, selector: str) -> str:
    """Click a link that opens another window, and return what that window asks for."""
    context = reader.context
    context.route("**/*", _answer)
    with context.expect_page() as window:
        reader.page.locator(selector).click()
    window.value.wait_for_load_state()
    address = window.value.url
    assert window.value.evaluate("window.opener") is None
    window.value.close()
    return address


def _answer(route: object) -> None:
    request: Request = route.request  # type: ignore[attr-defined]
    if request.url.startswith("http://127.0.0.1:"):
        route.continue_()  # type: ignore[attr-defined]
    elif request.resource_type == "script":
        route.fulfill(content_type="text/javascript", body="")  # type: ignore[attr-defined]
    else:
        route.fulfill(content_type="text/html", body="<p>there</p>")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("Colab", "https://colab.research.google.com/github/ORG/REPO/blob/pages/launch/beta/"),
        ("Binder", "https://mybinder.org/v2/gh/ORG/REPO/pages?labpath=launch/beta/guide/numbers"),
        ("Edit this page", "https://github.com/ORG/REPO/edit/main/guide/numbers.md"),
        ("Report a problem", "https://github.com/ORG/REPO/issues/new?title=Problem"),
        ("Discuss this page", "https://forum.example.org/beta/guide%2Fnumbers"),
    ],
)
def test_a_click_leads_there(reader: Reader, site: str, words: str, address: str) -> None:
    # The fixture fails the test if the page itself asks another host for anything.
    reader.open(f"{site}/guide/numbers.html?framework=beta")
    assert opened(reader, f"a:visible:text-is('{words}')").startswith(address)


def asked(reader: Reader, service: str) -> list[Request]:
    """Show a discussion and return what other hosts are then asked for."""
    found: list[Request] = []
    reader.context.route("**/*", _answer)
    button = reader.page.locator(f'.thread[data-thread*="{service}"] button')
    assert reader.problems == [], "asked before the click"
    is_foreign = lambda request: not request.url.startswith("http://127.0.0.1:")  # noqa: E731
    reader.page.on("request", lambda each: found.append(each) if is_foreign(each) else None)
    with reader.page.expect_request(is_foreign):
        button.click()
    # They were asked for.
    reader.problems.clear()
    return found


def test_giscus_is_loaded_by_a_click_for_page_and_framework(reader: Reader, site: str) -> None:
    reader.open(f"{site}/guide/numbers.html?framework=beta")
    (request,) = asked(reader, "giscus.app")
    assert request.url == "https://giscus.app/client.js"
    script = reader.page.locator('script[src="https://giscus.app/client.js"]')
    assert script.get_attribute("data-term") == "guide/numbers (beta)"
    assert script.get_attribute("data-mapping") == "specific"
    assert script.get_attribute("data-theme") == "light"
    # Another framework has a discussion of its own.
    with reader.page.expect_request("https://giscus.app/client.js"):
        reader.page.select_option("#framework", "alpha")
    assert script.get_attribute("data-term") == "guide/numbers (alpha)"
    reader.problems.clear()


def test_utterances_are_loaded_by_a_click(reader: Reader, site: str) -> None:
    reader.open(f"{site}/guide/numbers.html")
    (request,) = asked(reader, "utteranc.es")
    assert request.url == "https://utteranc.es/client.js"
    script = reader.page.locator('script[src="https://utteranc.es/client.js"]')
    assert script.get_attribute("repo") == "ORG/COMMENTS"
    assert script.get_attribute("issue-term") == "pathname"


def test_hypothesis_is_loaded_by_a_click(reader: Reader, site: str) -> None:
    reader.open(f"{site}/guide/numbers.html")
    (request,) = asked(reader, "hypothes.is")
    assert request.url == "https://hypothes.is/embed.js"


def test_a_discussion_that_is_out_of_reach_says_so(reader: Reader, site: str) -> None:
    reader.open(f"{site}/guide/numbers.html")
    reader.context.route("https://utteranc.es/**", lambda route: route.abort())
    reader.page.locator('.thread[data-thread*="utteranc.es"] button').click()
    reader.page.get_by_role("status").get_by_text("could not be loaded").wait_for()
    reader.problems.clear()


def test_discourse_is_loaded_by_a_click_for_page_and_framework(
    reader: Reader, forum_site: str
) -> None:
    reader.open(f"{forum_site}/guide/numbers.html?framework=beta")
    (request,) = asked(reader, "discourse")
    assert request.url == "https://forum.example.org/javascripts/embed.js"
    assert reader.page.evaluate("window.DiscourseEmbed") == {
        "discourseUrl": "https://forum.example.org/",
        "discourseEmbedUrl": "https://book.example.org/guide/numbers.html?framework=beta",
    }
    assert reader.page.locator("#discourse-comments").count() == 1


def test_a_launched_notebook_begins_with_what_it_needs(
    built_book: Path, tmp_path: Path, polybook: Polybook
) -> None:
    """The notebook runs in a folder of its own, with the published files at its side."""
    folder = tmp_path / "book"
    site = build(built_book, folder, polybook, SETTINGS)
    published = tmp_path / "published"
    shutil.copytree(site / "launch/beta", published)
    file = published / "guide/shapes.ipynb"
    notebook = nbformat.read(file, 4)
    assert notebook.cells[0].source.startswith("# Gets what this notebook needs")
    resources = {"metadata": {"path": str(file.parent)}}
    NotebookClient(notebook, kernel_name="python3", resources=resources).execute()
    assert "tinylib.beta" in str(notebook.cells[-1].outputs)
