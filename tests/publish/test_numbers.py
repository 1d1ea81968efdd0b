"""Numbers on pages, in notebooks and in `polybook inspect` are those of the book itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup, Tag
from resources import Polybook

from polybook.book import load_book
from polybook.execution import Keys
from polybook.preview.session import Session
from polybook.publish.build import build_html

WriteBook = Callable[..., Path]

TOC = """\
format: jb-book
root: index
parts:
  - caption: Front
    chapters:
      - file: preface
  - caption: Main
    numbered: true
    chapters:
      - file: main/index
        sections:
          - file: main/first
          - file: main/second
      - file: next
  - caption: Appendix
    numbered: true
    style: alphaupper
    chapters:
      - file: tools/index
        sections:
          - file: tools/shell
      - file: proofs
  - caption: More
    numbered: true
    chapters:
      - file: more
  - caption: Tables
    numbered: 2
    style: [romanlower, alphalower, romanupper]
    chapters:
      - file: tables/index
        sections:
          - file: tables/long
  - caption: More appendix
    numbered: true
    style: alphaupper
    chapters:
      - file: licence
  - caption: Again
    numbered: true
    restart_numbering: true
    chapters:
      - file: again
"""
NAMES = (
    "preface",
    "main/index",
    "main/first",
    "main/second",
    "next",
    "tools/index",
    "tools/shell",
    "proofs",
    "more",
    "tables/index",
    "tables/long",
    "licence",
    "again",
)


def text_of(name: str) -> str:
    """Return a chapter with a label on each thing that has a number."""
    key = name.replace("/", "_")
    inner = (
        ""
        if name.endswith("index")
        else f"""
## Inner
:label:`sec_{key}_inner`

### Innermost
:label:`sec_{key}_innermost`

![Another square](/square.svg)
:label:`fig_{key}_inner`

$$y$$
:eqlabel:`eq_{key}_inner`

## Without a number {{.unnumbered}}

$$z$$
:eqlabel:`eq_{key}_none`
"""
    )
    return f"""\
# Page {name.title()}
:label:`sec_{key}`

![A square](/square.svg)
:label:`fig_{key}`

$$x$$
:eqlabel:`eq_{key}`

:A table

| a | b |
|---|---|
| 1 | 2 |
:label:`tab_{key}`
{inner}
See :numref:`sec_proofs`, :numref:`fig_tools_shell`, :numref:`sec_tools_shell_inner`,
:eqref:`eq_tools_shell` and :numref:`fig_tables_index`.
"""


CONFIG = """\
title: Lettered
polybook:
  frameworks:
    alpha:
      title: Alpha
sphinx:
  extra_extensions: [polybook.publish]
"""
PAGES = {"index.md": "# Book\n", **{f"{name}.md": text_of(name) for name in NAMES}}
SQUARE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9H0z"/></svg>'
)


@pytest.fixture
def lettered(write_book: WriteBook) -> Path:
    """Return a book with numbered and lettered parts."""
    return write_book(PAGES, TOC, CONFIG, files={"square.svg": SQUARE})


def build(folder: Path) -> None:
    """Build in this process, which has built before."""
    warnings: list[str] = []
    build_html(Keys.of(load_book(folder)), warnings.append)
    assert warnings == []


def page(folder: Path, name: str) -> BeautifulSoup:
    html = (folder / "_build/html" / f"{name}.html").read_text(encoding="utf-8")
    return BeautifulSoup(html, "html.parser")


def number_in(element: Tag | None) -> str:
    return element.get_text().strip(" .()#").rpartition(" ")[2] if element else ""


def shown(article: Tag) -> dict[str, list[str]]:
    """Return the numbers that readers see, by what has them."""
    headings = [
        each.select_one(".section-number")
        for each in article.select("section > :is(h1, h2, h3, h4)")
    ]
    captions = article.select(".caption-number")
    return {
        "section": [number_in(each) for each in headings],
        "figure": [number_in(each) for each in captions if "Fig" in each.text],
        "table": [number_in(each) for each in captions if "Table" in each.text],
        "equation": [number_in(each) for each in article.select(".eqno")],
    }


def compare(folder: Path) -> dict[str, str]:
    """Compare each number of the website with the book's; return those of the pages."""
    book = load_book(folder)
    contents = {
        link["href"]: link.select_one(".number").text if link.select_one(".number") else ""
        for link in page(folder, "index").select("nav.site-contents li a")
    }
    # The theme adds headings to the first page, which has no numbers.
    for each in book.pages[1:]:
        expected: dict[str, list[str]] = {kind: [] for kind in shown(Tag(name="p"))}
        numbers = book.numbering.numbers[each.docname]
        for target, number in zip(each.chapter.targets, numbers, strict=True):
            expected[target.kind].append(".".join(map(str, number)))
        article = page(folder, each.docname).select_one("article")
        assert article is not None
        assert shown(article) == expected, each.docname
        assert contents[f"{each.docname}.html"] == expected["section"][0]
        for link in article.select("a.reference.internal"):
            anchor = link["href"].partition("#")[2].removeprefix("equation-").replace("-", "_")
            if anchor in book.numbering.labels:
                assert number_in(link) == book.numbering.labels[anchor].dotted
    return {each.docname: ".".join(map(str, each.entry.number)) for each in book.pages}


def test_parts_have_their_own_numerals(lettered: Path, polybook: Polybook) -> None:
    build(lettered)
    assert compare(lettered) == {
        "index": "",
        "preface": "",
        "main/index": "1",
        "main/first": "1.1",
        "main/second": "1.2",
        "next": "2",
        "tools/index": "A",
        "tools/shell": "A.1",
        "proofs": "B",
        "more": "3",
        "tables/index": "i",
        "tables/long": "i.a",
        "licence": "C",
        "again": "1",
    }
    links = [a.text for a in page(lettered, "preface").select("article a.reference.internal")]
    assert links[:4] == ["Section B", "Fig. A.1.1", "Section A.1.1", "(A.1.1)"]
    file = lettered / "_build/html/notebooks/alpha/preface.ipynb"
    text = "\n".join(cell.source for cell in nbformat.read(file, as_version=4).cells)
    assert all(link in text for link in links[:5])
    assert "\n  A.1 Page Tools/Shell" in polybook("inspect", "--book", lettered).stdout


@pytest.mark.parametrize(
    "setting",
    ["html:\n  use_multitoc_numbering: false\n", "  config:\n    use_multitoc_numbering: false\n"],
)
def test_each_part_may_count_for_itself(lettered: Path, setting: str) -> None:
    (lettered / "_config.yml").write_text(CONFIG + setting, encoding="utf-8")
    build(lettered)
    numbers = compare(lettered)
    assert (numbers["more"], numbers["licence"]) == ("1", "A")


def test_later_builds_count_the_same(lettered: Path) -> None:
    build(lettered)
    first = compare(lettered)
    build(lettered)
    assert compare(lettered) == first
    proofs = lettered / "proofs.md"
    proofs.write_text(proofs.read_text("utf-8").replace("# Page Proofs", "# Proved"), "utf-8")
    build(lettered)
    assert compare(lettered) == first
    assert "B Proved" in page(lettered, "index").select_one("nav.site-contents").text


def test_a_page_that_loses_its_number_is_not_counted(lettered: Path) -> None:
    build(lettered)
    entry = "      - file: next\n"
    toc = TOC.replace(entry, "").replace(
        "      - file: preface\n", f"      - file: preface\n{entry}"
    )
    (lettered / "_toc.yml").write_text(toc, encoding="utf-8")
    build(lettered)
    numbers = compare(lettered)
    assert (numbers["next"], numbers["main/index"], numbers["more"]) == ("", "1", "2")


def test_a_part_that_changes_its_numerals_changes_its_pages(lettered: Path) -> None:
    build(lettered)
    toc = TOC.replace("style: alphaupper", "style: romanupper", 1)
    (lettered / "_toc.yml").write_text(toc, encoding="utf-8")
    build(lettered)
    numbers = compare(lettered)
    assert (numbers["tools/shell"], numbers["licence"]) == ("I.1", "A")


def test_a_preview_keeps_the_letters(lettered: Path, tmp_path: Path) -> None:
    session = Session(lettered, tmp_path / "scratch", executes=False, warn=lambda line: None)
    session.open()
    try:
        for count in range(1, 3):
            file = lettered / "tools/shell.md"
            text = file.read_text(encoding="utf-8").replace("## Inner", "## More\n\n## Inner", 1)
            file.write_text(text, encoding="utf-8")
            session.change({"tools/shell.md"})
            shell = BeautifulSoup(session.html("tools/shell") or "", "html.parser")
            inner = f"A.1.{count + 1}"
            assert shown(shell.select_one("article"))["section"][:2] == ["A.1", "A.1.1"]
            assert inner in shown(shell.select_one("article"))["section"]
            preface = BeautifulSoup(session.html("preface") or "", "html.parser")
            assert f"Section {inner}" in preface.select_one("article").text
            proofs = BeautifulSoup(session.html("proofs") or "", "html.parser")
            assert shown(proofs.select_one("article"))["section"][0] == "B"
    finally:
        session.close()
