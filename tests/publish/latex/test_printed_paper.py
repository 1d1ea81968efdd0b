"""What `polybook: print:` and the title page are on paper: sizes, sides, addresses of links."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from latex.printed import build, text_of
from pypdf import PdfReader
from resources import Polybook, require

CONFIG = """\
title: Small
author: Ada Alpha
copyright: "2026"
html: {baseurl: 'https://book.example.org'}
repository: {url: 'https://github.com/org/repo'}
polybook:
  frameworks: {alpha: {title: The Alpha}}
  print: {%s}
"""
LINKS = """\
# First

A [site](https://one.example.org/?a=1&b=x%20y#part_1), [again](https://one.example.org/?a=1&b=x%20y#part_1),
and <https://plain.example.org/>. A word[^own].

[^own]: A note with [a link](https://note.example.org/).

| Name | Value |
|:--|--:|
| [cell](https://cell.example.org/) | 1 |

:::{warning}
Beware of [this](https://box.example.org/).
:::

## A [heading](https://heading.example.org/)

- [x] done
"""
TOC = """\
format: jb-book
root: index
options: {numbered: true}
chapters:
  - file: first
    sections:
      - file: inner
  - file: second
"""
Make = Callable[[str], Path]


@pytest.fixture
def printed(polybook: Polybook, write_book) -> Make:
    """Print a book with these settings under `print:`."""
    require(shutil.which("xelatex"), "XeLaTeX")
    pages = {
        "index.md": "# Book\n",
        "first.md": LINKS,
        "inner.md": "# Inner\n\nMore[^a].\n\n[^a]: The note of the inner page.\n",
        "second.md": "# Second\n\nEnd.\n",
    }

    def make(settings: str) -> Path:
        return build(polybook, write_book(pages, toc=TOC, config=CONFIG % settings))

    return make


def pages_with(file: Path, word: str) -> list[int]:
    """Return the numbers of the leaves, from 1, on which a word stands."""
    pages = PdfReader(file).pages
    return [at for at, page in enumerate(pages, 1) if word in page.extract_text()]


def latex_of(file: Path, page: str) -> str:
    return (file.parents[1] / f"latex/alpha/pages/{page}.tex").read_text("utf-8")


def test_a_printed_book_has_two_sides_and_chapters_begin_on_the_right(printed: Make) -> None:
    file = printed("")
    box = PdfReader(file).pages[0].mediabox
    assert [round(float(each) * 25.4 / 72) for each in (box.width, box.height)] == [178, 254]
    assert all(at % 2 for at in pages_with(file, "First") + pages_with(file, "End."))
    # The imprint stands on the back of the title page, and says what the configuration says.
    imprint = PdfReader(file).pages[1].extract_text()
    assert imprint.split("\n") == [
        "Small (The Alpha)",
        "© 2026 Ada Alpha",
        "https://book.example.org",
        "https://github.com/org/repo",
    ]
    # Of links to other sites nothing is shown.
    assert "one.example.org" not in text_of(file)


def test_a_book_for_the_screen_has_no_blank_pages(printed: Make) -> None:
    file = printed("layout: screen, size: a5")
    pages = PdfReader(file).pages
    assert all(page.extract_text().strip() for page in pages)
    box = pages[0].mediabox
    assert [round(float(each) * 25.4 / 72) for each in (box.width, box.height)] == [148, 210]


def test_footnotes_have_the_addresses_once_in_a_section(printed: Make) -> None:
    file = printed("links: footnotes")
    text = text_of(file)
    assert text.count("https://one.example.org/?a=1&b=x%20y#part_1") == 1
    assert "a link (https://note.example.org/)" in text
    for site in ("plain", "cell", "box"):
        assert text.count(f"https://{site}.example.org") == 1
    assert "heading.example.org" not in text
    # They are counted through the chapter.
    numbers = re.findall(r"footnote(?:text)?\}\[(\d+)\]", latex_of(file, "first"))
    assert numbers == [str(at + 1) for at in range(4)]
    assert r"\begin{footnote}[5]" in latex_of(file, "inner")


def test_codes_stand_in_the_outer_margin_for_what_can_have_them(printed: Make) -> None:
    file = printed("links: qr")
    codes = re.findall(r"\\polybookcode\{([^}]*)\}", latex_of(file, "first"))
    assert codes == [
        r"https://one.example.org/?a=1\&b=x\%20y\#part\_1",
        "https://cell.example.org/",
        "https://box.example.org/",
    ]
    # Behind the table and the box, in which LaTeX would lose them.
    for end, site in ((r"\end{tabul", "cell"), (r"\end{sphinxadmonition}", "box")):
        text = latex_of(file, "first")
        assert text.index(end) < text.index(rf"\polybookcode{{https://{site}.")
    assert "Marginpar on page" not in (file.parents[1] / "latex/alpha/book.log").read_text(
        "utf-8", errors="replace"
    )
    assert "one.example.org" in text_of(file)


def test_nothing_that_only_the_website_has_is_left_on_paper(printed: Make) -> None:
    text = latex_of(printed(""), "first")
    # The rule over footnotes; but the boxes of tasks.
    assert r"\hrule" not in text
    assert r"\checkmark" in text


def test_no_title_of_a_section_stands_at_the_foot_of_a_page(polybook: Polybook, write_book) -> None:
    # One of the sections begins at the last place where its title fits.
    heights = range(18, 34)
    chapters = {f"c{n}.md": f"# Chapter {n}\n\n" + "Line.\n\n" * n for n in heights}
    sections = {f"s{n}.md": "# Title\n\n" + "The text of the section. " * 30 for n in heights}
    toc = "format: jb-book\nroot: index\noptions: {numbered: true}\nchapters:\n" + "".join(
        f"  - file: c{n}\n    sections: [{{file: s{n}}}]\n" for n in heights
    )
    pages = {"index.md": "# Book\n", **chapters, **sections}
    file = build(polybook, write_book(pages, toc=toc, config=CONFIG % ""))
    lines = [page.extract_text().strip().splitlines() for page in PdfReader(file).pages]
    feet = [[line for line in page if not line.isdigit()][-1:] for page in lines[3:]]
    assert sum(any(line.endswith("Title") for line in page) for page in lines) >= len(heights)
    assert not [foot for foot in feet if foot and foot[0].endswith("Title")]


@pytest.mark.parametrize("columns", [3, 5, 7])
def test_no_table_is_wider_than_its_page(polybook: Polybook, write_book, columns: int) -> None:
    row = " | ".join("some words that are broken" for _ in range(columns))
    head, rule = (" | ".join([each] * columns) for each in ("Head", ":--"))
    page = f"# Table\n\n| {head} |\n| {rule} |\n" + f"| {row} |\n" * 3
    book = write_book({"index.md": "# Book\n", "t.md": page}, config=CONFIG % "")
    build(polybook, book)
    log = (book / "_build/latex/alpha/book.log").read_text(encoding="utf-8", errors="replace")
    assert not re.findall(r"Overfull .hbox.*", log)


def test_a_table_of_symbols_keeps_its_type_and_has_no_empty_lines(
    polybook: Polybook, write_book
) -> None:
    symbol = r"$\operatorname{ReLU}'(\mathbf{x}^{(i)}), \boldsymbol{\theta}$"
    words = "a meaning that takes about so many words as stand in this row"
    page = "# Symbols\n\n| Symbol | Meaning | Place |\n|:--|:--|:--|\n"
    page += f"| {symbol} | {words} | |\n" * 3
    book = write_book({"index.md": "# Book\n", "s.md": page}, config=CONFIG % "")
    build(polybook, book)
    tex = (book / "_build/latex/alpha/pages/s.tex").read_text(encoding="utf-8")
    assert "footnotesize" not in tex
    assert "scriptsize" not in tex
    # A paragraph in each cell but the empty ones: three heads, and two in each row.
    assert tex[tex.index(r"\begin{tabulary}") :].count(r"\sphinxAtStartPar") == 3 + 3 * 2
