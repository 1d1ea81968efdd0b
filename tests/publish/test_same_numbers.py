"""Every number, caption and reference is the same on the website, in the EPUB and in the PDF.

What differs by intent is taken away first: the website ends the number of a heading with a full
stop, the PDF puts a colon between a caption's number and its words, and footnotes stand in
brackets on the screen. Pictures may float past text in a PDF, so each kind has its own order.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from bs4 import BeautifulSoup, Tag
from publish.numbers_book import CONFIG, PAGES, SQUARE, TOC, WORKS
from pypdf import PdfReader
from resources import Polybook, require, write_files

Numbers = dict[str, list[str]]

WORDS = {"figure": "Fig.", "table": "Table", "listing": "Listing"}
NUMBER = r"[A-Z\d](?:[\d.]*\d)?"
OPF = "{http://www.idpf.org/2007/opf}"
TITLE = r"(?:Page|Inner|Innermost|Deepest|Other) \w+|Book|Works"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, polybook: Polybook) -> Path:
    """Return the book with its website and the editions of both frameworks."""
    require(shutil.which("xelatex") and shutil.which("rsvg-convert"), "XeLaTeX and rsvg-convert")
    require(shutil.which("pdftotext"), "pdftotext (Debian's package poppler-utils)")
    folder = tmp_path_factory.mktemp("numbers")
    files = {"_toc.yml": TOC, "_config.yml": CONFIG, "works.bib": WORKS, "square.svg": SQUARE}
    write_files(folder, PAGES | files)
    for form in ("html", "epub", "pdf"):
        done = polybook("build", form, "--no-execute", "--book", folder)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return folder


def squeezed(text: str) -> str:
    return " ".join(text.split())


def of_articles(articles: list[Tag]) -> Numbers:
    """Return what readers see on the website or in the EPUB."""
    found: Numbers = {"heading": [], **{kind: [] for kind in WORDS}, "equation": []}
    found |= {"reference": [], "mark": [], "note": []}
    for article in articles:
        for each in article.select(".headerlink"):
            each.decompose()
        for each in article.select("section > :is(h1, h2, h3, h4, h5, h6)"):
            number = each.select_one(".section-number")
            shown = number.extract().get_text().strip().removesuffix(".") if number else ""
            found["heading"].append(f"{shown} {squeezed(each.get_text())}".strip())
        for each in article.select(".caption-number"):
            kind = next(kind for kind, word in WORDS.items() if each.get_text().startswith(word))
            words = each.find_next_sibling(class_="caption-text")
            found[kind].append(squeezed(f"{each.get_text()} {words.get_text()}"))
        for each in article.select(".math:has(.eqno)"):
            number, formula = each.select_one(".eqno"), each.select_one("math")
            found["equation"].append(squeezed(f"{number.get_text()} {formula.get_text()}"))
        found["mark"] += [
            each.get_text().strip("[]") for each in article.select("a.footnote-reference")
        ]
        for each in article.select(".footnote"):
            label = each.select_one(".label").extract().get_text().strip("[]")
            found["note"].append(f"{label} {squeezed(each.get_text())}")
        text = "".join(each.get_text() for each in article.select("p"))
        found["reference"] += map(squeezed, re.findall("‹(.*?)›", text, re.DOTALL))
        links = article.select("p a.reference.internal")
        assert len(links) == text.count("‹"), "a reference that is no link"
    return found


def of_website(folder: Path, framework: str) -> Numbers:
    """Return what the website shows to who has chosen a framework, page by page."""
    site = folder / "_build/html"
    contents = BeautifulSoup((site / "index.html").read_text("utf-8"), "html.parser")
    links = contents.select("nav.site-contents li a")
    articles = []
    for name in ["index.html", *(link["href"] for link in links)]:
        page = BeautifulSoup((site / name).read_text("utf-8"), "html.parser")
        for panel in page.select(f".framework-panel:not([data-framework={framework}])"):
            panel.decompose()
        # The theme adds the contents to the first page.
        for part in page.select("article .front-contents"):
            part.decompose()
        articles.append(page.select_one("article"))
    return of_articles(articles)


def of_epub(folder: Path, framework: str) -> Numbers:
    """Return what the pages of an EPUB show, in the order of its spine."""
    with ZipFile(folder / f"_build/epub/numbers-{framework}.epub") as archive:
        package = ElementTree.fromstring(archive.read("content.opf"))
        files = {item.get("id"): item.get("href") for item in package.iter(f"{OPF}item")}
        names = [files[each.get("idref")] for each in package.iter(f"{OPF}itemref")]
        pages = [name for name in names if name not in ("cover.xhtml", "nav.xhtml")]
        parsed = [BeautifulSoup(archive.read(name), "html.parser") for name in pages]
    return of_articles([page.body for page in parsed])


def of_pdf(folder: Path, framework: str) -> Numbers:
    """Return what the pages of a PDF show, without its contents, running heads and folios."""
    file = folder / f"_build/pdf/numbers-{framework}.pdf"
    crop = ["-x", "0", "-y", "60", "-W", "504", "-H", "604"]
    command = ["pdftotext", "-layout", "-nopgbrk", *crop, str(file), "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    text = text[re.search(r"^Book$", text, re.MULTILINE).start() :]
    headings = re.findall(rf"^ *(?:({NUMBER})\s+)?({TITLE})$", text, re.MULTILINE)
    found: Numbers = {"heading": [f"{number} {title}".strip() for number, title in headings]}
    for kind, word in WORDS.items():
        captions = re.findall(rf"^ *({re.escape(word)} {NUMBER}): (.+)$", text, re.MULTILINE)
        found[kind] = [squeezed(" ".join(each)) for each in captions]
    equations = re.findall(rf"^ *e = (\d+) +\(({NUMBER})\)$", text, re.MULTILINE)
    found["equation"] = [f"({number}) e={value}" for value, number in equations]
    found["reference"] = list(map(squeezed, re.findall("‹(.*?)›", text, re.DOTALL)))
    marks = re.findall(r"›, ?(\d+) and\s+more ?(\d+) ?\.", text)
    found["mark"] = [each for pair in marks for each in pair]
    found["note"] = re.findall(r"^ *(\d+ Note .+)$", text, re.MULTILINE)
    return found


@pytest.mark.parametrize("framework", ["alpha", "beta"])
@pytest.mark.parametrize("other", [of_epub, of_pdf])
def test_every_number_is_that_of_the_website(built: Path, framework: str, other) -> None:
    expected, found = of_website(built, framework), other(built, framework)
    for kind, numbers in expected.items():
        # Eight pages and more have each kind of thing.
        assert len(numbers) > 8
        assert found[kind] == numbers, kind


def test_frameworks_have_numbers_of_their_own(built: Path) -> None:
    alpha, beta = (of_website(built, name)["figure"] for name in ("alpha", "beta"))
    assert [each for each in alpha if "beta" in each] == []
    assert "Fig. 1.3 Picture beta_main_index_0" in beta and len(beta) > len(alpha)


@pytest.mark.parametrize("framework", ["alpha", "beta"])
def test_the_outline_and_the_contents_have_the_numbers_of_the_headings(
    built: Path, framework: str
) -> None:
    headings = of_website(built, framework)["heading"]
    parts = ["Before", "Main", "Appendix", "After"]
    outline = PdfReader(built / f"_build/pdf/numbers-{framework}.pdf").outline
    titles = list(flat(outline))
    assert [each for each in titles if each not in parts] == headings
    assert [each for each in titles if each in parts] == parts
    with ZipFile(built / f"_build/epub/numbers-{framework}.epub") as archive:
        nav = BeautifulSoup(archive.read("nav.xhtml"), "html.parser")
    listed = [each.get_text() for each in nav.select("nav a")]
    assert listed == [each for each in headings if each in listed]
    assert {each for each in headings if "Page" in each} <= set(listed)


def flat(outline: list) -> Iterator[str]:
    """Yield the titles of an outline in their order."""
    for each in outline:
        if isinstance(each, list):
            yield from flat(each)
        else:
            yield str(each.title)
