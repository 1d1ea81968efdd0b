"""What search engines and other sites read of a page."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from docutils import nodes
from resources import BOOKS, Polybook

from polybook.publish.head import description, locale

BASE = "https://book.example.org/en"
# A picture of one point, which other sites show.
POINT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c6360f8"
    "cf000002020100e221bc330000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, polybook: Polybook) -> Path:
    """Return a website whose address is known, with a translation."""
    folder = tmp_path_factory.mktemp("head") / "book"
    settings = f"html:\n  baseurl: {BASE}/\n"
    shutil.copytree(BOOKS / "tiny", folder)
    for name in ("point.png", "logo.png"):
        (folder / "img" / name).write_bytes(POINT)
    config = (folder / "_config.yml").read_text(encoding="utf-8")
    translations = "polybook:\n  translations: {zh: https://book.example.org/zh/}\n"
    config = config.replace("polybook:\n", translations, 1)
    config = f"logo: img/logo.png\n{settings}{config}"
    (folder / "_config.yml").write_text(config, encoding="utf-8")
    page = folder / "guide/index.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(f"{text}\n![A point](../img/point.png)\n", encoding="utf-8")
    done = polybook("build", "html", "--no-execute", "--book", folder)
    assert done.returncode == 0, done.stderr
    return folder / "_build/html"


def head(site: Path, name: str) -> Tag:
    html = (site / f"{name}.html").read_text(encoding="utf-8")
    found = BeautifulSoup(html, "html.parser").head
    assert found is not None
    return found


def graph(site: Path, name: str) -> Mapping[str, str]:
    """Return the properties of Open Graph that a page has."""
    found = head(site, name).select("meta[property]")
    names = [str(each["property"]) for each in found]
    assert len(names) == len(set(names))
    return {str(each["property"]): str(each["content"]) for each in found}


def test_each_page_has_one_address_of_its_own(site: Path) -> None:
    (link,) = head(site, "guide/numbers").select('link[rel="canonical"]')
    assert link["href"] == f"{BASE}/guide/numbers.html"


def test_pages_name_themselves_in_other_languages(site: Path) -> None:
    links = head(site, "guide/numbers").select('link[rel="alternate"][hreflang]')
    assert [(link["hreflang"], link["href"]) for link in links] == [
        ("en", f"{BASE}/guide/numbers.html"),
        ("zh", "https://book.example.org/zh/guide/numbers.html"),
    ]


def test_a_page_describes_itself_by_its_first_paragraph(site: Path) -> None:
    (meta,) = head(site, "guide/numbers").select('meta[name="description"]')
    assert meta["content"] == "Counting is old (Euclid, 1956). We double, as in (1.1.1):"


def test_other_sites_show_title_text_and_picture(site: Path) -> None:
    assert graph(site, "guide/index") == {
        "og:type": "article",
        "og:site_name": "A Tiny Book",
        "og:title": "Guide",
        "og:description": "Two sections: Section 1.1 and Section 1.2.",
        "og:url": f"{BASE}/guide/index.html",
        "og:image": f"{BASE}/_images/point.png",
        "og:locale": "en_US",
    }
    assert (site / "_images/point.png").is_file()


def test_the_front_page_is_the_book(site: Path) -> None:
    found = graph(site, "index")
    assert (found["og:type"], found["og:title"]) == ("book", "A Tiny Book")
    # It has no picture, and other sites do not show SVG.
    assert found["og:image"] == f"{BASE}/_static/logo.png"
    assert (site / "_static/logo.png").is_file()
    assert graph(site, "guide/shapes")["og:image"] == f"{BASE}/_static/logo.png"


def test_what_is_no_page_of_the_book_is_not_indexed(site: Path) -> None:
    (meta,) = head(site, "genindex").select('meta[name="robots"]')
    assert meta["content"] == "noindex"
    assert not head(site, "genindex").select('link[rel="canonical"], meta[property]')
    assert not head(site, "index").select('meta[name="robots"]')


def test_the_map_names_every_page_once_and_no_date(site: Path) -> None:
    text = (site / "sitemap.xml").read_text(encoding="utf-8")
    space = {
        "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
        "x": "http://www.w3.org/1999/xhtml",
    }
    root = ElementTree.fromstring(text)
    names = ("guide/index", "guide/myst", "guide/numbers", "guide/shapes", "index", "works")
    assert [each.text for each in root.findall("s:url/s:loc", space)] == [
        f"{BASE}/{name}.html" for name in names
    ]
    links = root.findall("s:url/x:link", space)
    assert len(links) == 2 * len(names)
    assert "lastmod" not in text


def test_robots_are_told_at_the_root_of_a_host_only(site: Path) -> None:
    assert not (site / "robots.txt").exists()


def test_without_an_address_nothing_absolute_is_said(built_book: Path) -> None:
    site = built_book / "_build/html"
    assert not head(site, "guide/numbers").select('link[rel="canonical"], link[hreflang]')
    assert set(graph(site, "guide/numbers")) == {
        "og:type",
        "og:site_name",
        "og:title",
        "og:description",
        "og:locale",
    }
    assert head(site, "guide/numbers").select('meta[name="description"]')
    assert not (site / "sitemap.xml").exists()


def document(*children: nodes.Node) -> nodes.document:
    from docutils.utils import new_document

    found = new_document("page.md")
    section = nodes.section()
    section += list(children)
    found += section
    return found


def test_a_long_description_ends_at_a_word() -> None:
    text = description(document(nodes.paragraph("", "A long word, and " * 30)))
    assert text.endswith("A long word …")
    assert len(text) <= 202


def test_notes_are_no_description() -> None:
    note = nodes.note("", nodes.paragraph("", "Beware."))
    empty = nodes.paragraph()
    assert description(document(note, empty, nodes.paragraph("", "Text."))) == "Text."
    assert description(document()) == ""


@pytest.mark.parametrize(
    ("language", "found"),
    [("en", "en_US"), ("zh_CN", "zh_CN"), ("zh-TW", "zh_TW"), ("de", "de_DE"), ("xx", "")],
)
def test_languages_as_open_graph_names_them(language: str, found: str) -> None:
    assert locale(language) == found
