"""Chinese, Japanese and Korean in print: each character once, the author's blanks, the right words.

The text of the PDF is read with pdftotext, without running heads and folios. Two things are known
of it: a line of the page ends where TeX broke it, so that blanks at the ends of lines say nothing,
and the fonts draw ``…`` and ``⋯`` alike, of which pdftotext tells the second.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader
from resources import Polybook, require

PROSE = Path(__file__).parent / "prose"
SQUARE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9H0z"/></svg>\n'
)
TOC = """\
format: jb-book
root: index
parts:
  - caption: ABC
    numbered: true
    chapters:
      - file: text
"""
CONFIG = """\
title: {title}
author: Ada Alpha
polybook:
  frameworks:
    alpha: {{title: Alpha}}
sphinx:
  config:
    language: {language}
"""
# What stands in the contents above them, and Noto's name of the fonts.
BOOKS = {
    "chinese": ("zh_CN", "目录", "SC"),
    "japanese": ("ja", "目次", "JP"),
    "korean": ("ko", "목차", "KR"),
}
# No line begins with these, nor ends with those.
CLOSING, OPENING = "、。，．：；？！）」』》”’", "（「『《“‘"
KOREAN_CLOSING = CLOSING + ".,:;?!)"


@attrs.frozen
class Printed:
    """A book as it was built.

    Attributes:
        folder: The book.
        text: The text of its PDF, from its chapter on.
        source: The chapter.
    """

    folder: Path
    text: str
    source: str

    @property
    def pdf(self) -> Path:
        return next((self.folder / "_build/pdf").glob("*.pdf"))

    @property
    def log(self) -> str:
        return (self.folder / "_build/latex/alpha/book.log").read_text("utf-8")

    @property
    def page(self) -> BeautifulSoup:
        html = (self.folder / "_build/html/text.html").read_text("utf-8")
        return BeautifulSoup(html, "html.parser")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory, polybook: Polybook):
    """Return a function that builds a book once."""
    require(shutil.which("xelatex") and shutil.which("rsvg-convert"), "XeLaTeX and rsvg-convert")
    require(shutil.which("pdftotext"), "pdftotext (Debian's package poppler-utils)")
    built: dict[str, Printed] = {}

    def build(name: str) -> Printed:
        if name not in built:
            built[name] = _build(name, tmp_path_factory.mktemp(name), polybook)
        return built[name]

    return build


def _build(name: str, folder: Path, polybook: Polybook) -> Printed:
    source = (PROSE / f"{name}.md").read_text(encoding="utf-8")
    title = source.splitlines()[0].removeprefix("# ")
    config = CONFIG.format(title=title, language=BOOKS[name][0])
    files = {"index.md": f"# {title}A\n", "text.md": source, "square.svg": SQUARE}
    for file, text in (files | {"_toc.yml": TOC, "_config.yml": config}).items():
        (folder / file).write_text(text, encoding="utf-8")
    for form in ("html", "pdf"):
        done = polybook("build", form, "--no-execute", "--book", folder)
        assert done.returncode == 0 and "WARNING" not in done.stderr, done.stderr
    return Printed(folder, _text(next((folder / "_build/pdf").glob("*.pdf"))), source)


def _text(pdf: Path) -> str:
    crop = ["-x", "0", "-y", "60", "-W", "504", "-H", "604"]
    command = ["pdftotext", "-layout", "-nopgbrk", *crop, str(pdf), "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return text[text.rindex("ABC") + len("ABC") :].replace("⋯", "…")


def bare(text: str) -> str:
    """Return text without blanks and ends of lines."""
    return "".join(text.split())


def plain(markdown: str, numbers: dict[str, str]) -> str:
    """Return what readers see of a block of Markdown: no marks, references as their numbers."""
    text = re.sub(r":(?:numref|eqref):`(\w+)`", lambda found: numbers[found[1]], markdown)
    text = re.sub(r"\$([^$]+)\$", lambda found: found[1].replace("-", "−").replace("^", ""), text)
    return re.sub(r"\*\*|`", "", text)


def blocks(book: Printed) -> Iterator[str]:
    """Yield the text of the chapter by paragraphs, cells, items and lines of code."""
    page = book.page
    numbers = {
        link["href"].removeprefix("#").removeprefix("equation-").replace("-", "_"): link.get_text()
        for link in page.select("article p a.reference.internal")
    }
    # What the website counts and says of its own accord: numbers, captions, notes.
    for link in page.select("article .headerlink"):
        link.decompose()
    for each in page.select("article :is(h1, h2, h3)"):
        yield each.get_text().replace(". ", " ", 1)
    for each in page.select("article .caption-number"):
        words = each.find_next_sibling(class_="caption-text").get_text()
        yield f"{each.get_text().strip()}:{words}"
    yield from (each.get_text() for each in page.select("article .polybook-unexecuted"))
    yield from (each.get_text() for each in page.select("article .eqno"))
    code = False
    for line in book.source.splitlines():
        if line.startswith("```"):
            code = not code
        elif code and not line.startswith("#@tab"):
            yield line
        elif line.startswith("$$"):
            yield plain(line.strip("$").join("$$"), numbers)
        elif line.startswith("|") and "---" not in line:
            yield from map(str.strip, line.strip("|").split("|"))
        elif not line.startswith(("#", "|", "!", ":label:", ":eqlabel:")) and not (
            line.startswith(":") and line[1:2] not in "enr"
        ):
            yield plain(re.sub("^- ", "• ", line).removeprefix("> "), numbers)


@pytest.mark.parametrize("name", BOOKS)
def test_the_text_is_the_authors_no_more_and_no_less(printed, name: str) -> None:
    book = printed(name)
    rest = bare(book.text)
    # The longest first: short ones may be parts of them.
    for block in sorted(filter(None, map(bare, blocks(book))), key=len, reverse=True):
        assert block in rest, block
        rest = rest.replace(block, "\n", 1)
    assert rest.split() == []


@pytest.mark.parametrize("name", BOOKS)
def test_blanks_are_those_of_the_author(printed, name: str) -> None:
    book = printed(name)
    text = " ".join(book.text.split())
    for words in re.findall(r"[A-Za-z]+(?: [A-Za-z]+)+", book.source.replace("#@tab", "")):
        assert words in text
    if name == "korean":
        source = book.source.replace(":numref:`tab_rates`", "표 1.1.1") + book.page.get_text()
        source = re.sub(r"[$`]|[*]{2}", "", source)
        # Columns and margins are wider than a blank; a formula's blanks are not text.
        parts = re.split(r"\s{2,}|\n|•", book.text.strip())
        prose = [part.strip() for part in parts if re.search("[가-힣]", part)]
        assert len(prose) > 20
        for part in prose:
            # The PDF puts a colon behind the number of a caption, and none behind a heading's.
            assert re.sub(r"^.* [\d.]+: |^[\d.]+ ", "", part) in source
    else:
        # Between characters and their punctuation there are none.
        for left, right in ("“大", "价。"), ("――", "広さ"), ("に、", "どん"):
            assert f"{left} {right}" not in text


@pytest.mark.parametrize("name", BOOKS)
def test_lines_begin_and_end_as_they_may(printed, name: str) -> None:
    book = printed(name)
    closing = KOREAN_CLOSING if name == "korean" else CLOSING
    lines = list(_lines(book.pdf))
    assert len(lines) > 30
    assert [line for line in lines if line[0] in closing] == []
    assert [line for line in lines if line[-1] in OPENING] == []


def _lines(pdf: Path) -> Iterator[str]:
    """Yield the lines that readers see: what stands at one height, from the left to the right."""
    command = ["pdftotext", "-bbox", str(pdf), "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    for page in BeautifulSoup(done.stdout, "html.parser").select("page"):
        heights: dict[int, list[tuple[float, str]]] = {}
        for word in page.select("word"):
            middle = (float(word["ymin"]) + float(word["ymax"])) / 2
            at = next((each for each in heights if abs(each - middle) < 5), round(middle))
            heights.setdefault(at, []).append((float(word["xmin"]), word.get_text()))
        for words in heights.values():
            yield "".join(text for _, text in sorted(words))


@pytest.mark.parametrize("name", BOOKS)
def test_tex_has_nothing_to_complain_of(printed, name: str) -> None:
    log = printed(name).log
    assert "Missing character" not in log and "Font Warning" not in log
    wide = re.findall(r"^Overfull \\hbox \(([\d.]+)pt", log, re.MULTILINE)
    assert [points for points in wide if float(points) > 5] == []


@pytest.mark.parametrize("name", BOOKS)
def test_words_and_fonts_are_those_of_the_language(printed, name: str) -> None:
    book, (_, contents, script) = printed(name), BOOKS[name]
    reader = PdfReader(book.pdf)
    assert contents in "\n".join(page.extract_text() for page in reader.pages[:6])
    # The collection's outlines have one name for all; TeX says which of its fonts it took.
    assert set(re.findall(r"Noto(?:Serif|Sans|SansMono)CJK([A-Z]{2})", book.log)) == {script}
    fonts = {
        str(font.get_object()["/BaseFont"]).partition("+")[2]
        for page in reader.pages
        for font in page["/Resources"].get("/Font", {}).values()
    }
    for kind in ("Serif", "Sans"):
        assert any(f"Noto{kind}CJK" in each for each in fonts), kind
    assert any("CJK" in each and "Bold" in each for each in fonts)
