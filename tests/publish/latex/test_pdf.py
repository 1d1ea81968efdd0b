"""PDFs, made with XeLaTeX: the numbers of the website, the same bytes, errors at their lines."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from latex.printed import build, text_of
from pypdf import PdfReader
from resources import Polybook, require

from polybook.execution.keys import Keys
from polybook.publish.build import PublishError
from polybook.publish.latex.inventory import Inventory, check_pdf
from polybook.publish.latex.pdf import build_pdf

PAGE = """\
# First
:label:`sec_first`

See :numref:`sec_second`, :numref:`fig_dot` and :eqref:`eq_one`.

![A dot.](dot.svg)
:label:`fig_dot`

## Inner

$$x = 1$$
:eqlabel:`eq_one`

```{.python .input}
#@tab alpha
print("alpha only")
```

```{.python .input}
#@tab beta
print("beta only")
```
"""
DOT = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="4" cx="4" cy="4"/>'
    "</svg>\n"
)
TOC = """\
format: jb-book
root: index
parts:
  - caption: The part
    numbered: true
    chapters:
      - file: first
      - file: second
"""


@pytest.fixture
def book(write_book) -> Path:
    require(shutil.which("xelatex") and shutil.which("rsvg-convert"), "XeLaTeX and rsvg-convert")
    pages = {
        "index.md": "# Book\n\nThis is Book.\n",
        "first.md": PAGE,
        "second.md": "# Second\n:label:`sec_second`\n",
    }
    return write_book(pages, toc=TOC, files={"dot.svg": DOT})


def test_a_pdf_shows_one_framework_with_the_numbers_of_the_website(
    polybook: Polybook, book: Path
) -> None:
    text = text_of(build(polybook, book, "beta"))
    assert "beta only" in text and "alpha" not in text.lower()
    assert polybook("build", "html", "--no-execute", "--book", book).returncode == 0
    page = BeautifulSoup((book / "_build/html/first.html").read_text("utf-8"), "html.parser")
    references = [each.get_text() for each in page.select("article p a.reference.internal")]
    assert len(references) == 3
    for each in references:
        assert each in text.replace("\n", " ")


def test_equal_input_gives_equal_bytes_and_unchanged_input_no_new_file(
    polybook: Polybook, book: Path
) -> None:
    made = build(polybook, book, "alpha")
    before, when = made.read_bytes(), made.stat().st_mtime_ns
    assert build(polybook, book, "alpha").stat().st_mtime_ns == when
    made.unlink()
    assert build(polybook, book, "alpha").read_bytes() == before
    for folder in (book / "_build/latex", book / "_build/pdf"):
        shutil.rmtree(folder)
    assert build(polybook, book, "alpha").read_bytes() == before


def test_page_numbers_of_the_last_build_save_a_pass_and_do_no_harm(
    polybook: Polybook, book: Path
) -> None:
    build(polybook, book, "alpha")
    kept = book / "_build/latex/alpha.kept"
    (kept / "book.aux").write_text("\\nosuchcommand\n", "utf-8")
    second = book / "second.md"
    second.write_text(second.read_text("utf-8") + "\nMore text.\n", "utf-8")
    changed = build(polybook, book, "alpha").read_bytes()
    shutil.rmtree(book / "_build/pdf")
    shutil.rmtree(kept)
    assert build(polybook, book, "alpha").read_bytes() == changed


def test_the_outline_names_parts_chapters_and_sections(polybook: Polybook, book: Path) -> None:
    def titles(entries) -> list[str]:
        return [
            title
            for each in entries
            for title in (titles(each) if isinstance(each, list) else [each.title])
        ]

    outline = PdfReader(build(polybook, book, "alpha")).outline
    assert titles(outline) == ["Book", "The part", "1 First", "1.1 Inner", "2 Second"]


def test_an_error_of_tex_names_the_line_of_the_chapter(polybook: Polybook, book: Path) -> None:
    made = build(polybook, book, "alpha")
    before = made.read_bytes()
    chapter = book / "second.md"
    chapter.write_text(chapter.read_text("utf-8") + "\nText.\n\n$$\\nosuchcommand{x}$$\n", "utf-8")
    done = polybook("build", "pdf", "--no-execute", "--framework", "alpha", "--book", book)
    assert done.returncode == 1
    assert "second.md:6:1: error: TeX cannot set this: Undefined control sequence" in done.stderr
    assert made.read_bytes() == before


def test_a_reference_that_leads_nowhere_is_told(polybook: Polybook, book: Path) -> None:
    made = build(polybook, book, "alpha")
    log = "LaTeX Warning: Hyper reference `x:y' on page 5 undefined on input line 25.\n"
    with pytest.raises(PublishError, match="a reference leads nowhere: x:y"):
        check_pdf(made, log, Inventory({}, ()))


def test_pages_before_the_first_chapter_have_roman_numbers(polybook: Polybook, book: Path) -> None:
    reader = PdfReader(build(polybook, book, "alpha"))
    texts = [page.extract_text() for page in reader.pages]
    first = next(at for at, text in enumerate(texts) if "This is Book" in text)
    assert reader.page_labels[: first + 1] == [*("i", "ii", "iii", "iv")[:first], "1"]


def test_two_passes_make_a_book_with_an_index(make_book) -> None:
    require(shutil.which("xelatex"), "XeLaTeX")
    book = make_book({"index.md": "# Book\n", "m.md": "# Models\n\n{index}`entry`\n"})
    assert [each.passes for each in build_pdf(Keys.of(book), ["alpha"], print)] == [2]
