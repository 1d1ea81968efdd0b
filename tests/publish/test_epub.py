"""The book as EPUB: an edition for each framework, whole, valid, and the same each time."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from zipfile import ZipFile

import pytest
from resources import BOOKS, Polybook, require, write_files

from polybook.book import load_book
from polybook.execution import Keys
from polybook.publish.build import PublishError, build_html
from polybook.publish.epub.build import Edition, build_epub
from polybook.publish.epub.inventory import check_epub

JAR = Path("/usr/share/java/epubcheck.jar")


def build(folder: Path, *frameworks: str) -> list[Edition]:
    """Build a book's editions without running it."""
    book = load_book(folder)
    warned: list[str] = []
    made = build_epub(Keys.of(book), frameworks or book.config.framework_names, warned.append)
    assert warned == []
    return made


def content(file: Path) -> dict[str, str]:
    """Return the text of the files in an EPUB."""
    with ZipFile(file) as archive:
        names = archive.namelist()
        return {name: archive.read(name).decode("utf-8", "replace") for name in names}


def rewrite(file: Path, changed: dict[str, str | None]) -> None:
    """Change files of an EPUB by hand, or remove those for which nothing is given."""
    files = content(file) | changed
    with ZipFile(file, "w") as archive:
        for name, text in files.items():
            if text is not None:
                archive.writestr(name, text)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> list[Edition]:
    """Return the editions of the tiny book, not executed."""
    folder = tmp_path_factory.mktemp("epub") / "tiny"
    return build(Path(shutil.copytree(BOOKS / "tiny", folder)))


@pytest.mark.parametrize("name", ["tiny", "gallery", "chinese", "japanese", "english"])
def test_epubcheck_has_nothing_to_say(tmp_path: Path, name: str) -> None:
    require(shutil.which("epubcheck") and shutil.which("java"), "epubcheck")
    for edition in build(Path(shutil.copytree(BOOKS / name, tmp_path / name))):
        # Debian's command is the archive itself, which not every kernel can run.
        command = ["java", "-jar", JAR, "--failonwarnings", edition.file]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_each_framework_has_its_own_file_with_its_own_code(tiny: list[Edition]) -> None:
    names = [edition.file.name for edition in tiny]
    assert names == ["a-tiny-book-alpha.epub", "a-tiny-book-beta.epub"]
    for edition, own, other in zip(tiny, ("Alpha", "Beta"), ("Beta", "Alpha"), strict=True):
        files = content(edition.file)
        assert f"<dc:title>A Tiny Book ({own})</dc:title>" in files["content.opf"]
        assert own in files["cover.svg"] and other not in files["cover.svg"]
        pages = "".join(text for name, text in files.items() if name.endswith(".xhtml"))
        assert "<script" not in pages and "<button" not in pages and "tablist" not in pages


def test_formulas_are_mathml_with_their_tex(tiny: list[Edition]) -> None:
    pages = "".join(content(tiny[0].file).values())
    assert re.search(r'<math [^>]*alttext="[^"]+"', pages)
    assert "mjx-" not in pages and "data-mjx" not in pages


def test_letters_of_formulas_keep_their_style_in_every_reader(write_book) -> None:
    page = r"$\mathbf{x} \in \mathbb{R}^n$, $\mathcal{B}$, $\mathfrak{g}$, $\mathrm{d}x$"
    config = "title: Small\npolybook:\n  frameworks: {alpha: {title: Alpha}}\n"
    book = write_book({"index.md": "# Book\n", "m.md": f"# Letters\n\n{page}\n"}, config=config)
    formulas = content(build(book, "alpha")[0].file)["m.xhtml"]
    for letter in "\N{MATHEMATICAL BOLD SMALL X}\N{DOUBLE-STRUCK CAPITAL R}\N{SCRIPT CAPITAL B}":
        assert f"<mi>{letter}</mi>" in formulas
    assert "\N{MATHEMATICAL FRAKTUR SMALL G}" in formulas
    assert '<mi mathvariant="normal">d</mi>' in formulas
    assert set(re.findall(r'mathvariant="(.*?)"', formulas)) == {"normal"}


def test_contents_have_the_numbers_of_the_website_and_the_parts(gallery: Path) -> None:
    edition = build(gallery, "alpha")[0]
    site = (gallery / "_build/html/index.html").read_text(encoding="utf-8")
    nav = content(edition.file)["nav.xhtml"]
    numbers = re.findall(r'<span class="number">([\d.]+)</span>', site)
    assert numbers
    for number in numbers:
        assert f">{number} " in nav
    for part in re.findall(r'<p class="caption">([^<]+)</p>', site):
        assert f"<span>{part}</span>" in nav


def test_the_same_book_gives_the_same_bytes_and_the_file_is_not_touched(tiny_book: Path) -> None:
    first = build(tiny_book, "alpha")[0].file
    before, time = first.read_bytes(), first.stat().st_mtime_ns
    build(tiny_book, "alpha")
    assert first.stat().st_mtime_ns == time
    first.unlink()
    shutil.rmtree(tiny_book / "_build/doctrees")
    assert build(tiny_book, "alpha")[0].file.read_bytes() == before


def test_another_place_gives_the_same_bytes(tiny: list[Edition], tiny_book: Path) -> None:
    for before, now in zip(tiny, build(tiny_book), strict=True):
        assert now.file.read_bytes() == before.file.read_bytes()


def test_the_website_is_not_read_anew_after_an_edition(tiny_book: Path) -> None:
    build_html(Keys.of(load_book(tiny_book)), pytest.fail)
    trees = {file: file.stat().st_mtime_ns for file in tiny_book.rglob("*.doctree")}
    html = tiny_book / "_build/html"
    pages = [html / f"{page.docname}.html" for page in load_book(tiny_book).pages]
    site = {file: file.stat().st_mtime_ns for file in pages}
    build(tiny_book)
    build_html(Keys.of(load_book(tiny_book)), pytest.fail)
    assert trees and trees == {file: file.stat().st_mtime_ns for file in trees}
    assert site == {file: file.stat().st_mtime_ns for file in site}


def numbered(edition: Edition, kind: str) -> tuple[str, str]:
    """Return a page with a thing of this kind that has a number, and the id of that."""
    every = edition.inventory.numbered.items()
    return next((page, id) for page, ids in every for id, its in ids.items() if its == kind)


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """Return an edition with one of each kind of thing that has a number."""
    folder = tmp_path_factory.mktemp("counted")
    square = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9"/></svg>'
    toc = "format: jb-book\nroot: index\noptions: {numbered: true}\nchapters:\n  - file: first\n"
    config = "title: Small\npolybook: {frameworks: {alpha: {}}}\n"
    files = {"index.md": "# Book\n", "first.md": COUNTED, "square.svg": square}
    write_files(folder, files | {"_toc.yml": toc, "_config.yml": config})
    return build(folder)[0]


COUNTED = """\
# First

![A square.](square.svg)
:label:`fig_square`

$$x$$
:eqlabel:`eq_x`

:Values

| a |
|---|
| 1 |

```{code-block} python
:caption: Code
print()
```

## Inner
"""
LOST = [
    *("page", "figure", "table", "equation", "listing", "contents", "section", "link"),
    *("picture", "painted", "reference"),
]


@pytest.mark.parametrize("lost", LOST)
def test_what_is_lost_is_told(counted: Edition, tmp_path: Path, lost: str) -> None:
    file = Path(shutil.copy(counted.file, tmp_path))
    check_epub(file, counted.inventory)
    page, files = "first.xhtml", content(file)
    text, nav, told = files[page], files["nav.xhtml"], ""
    changed: dict[str, str | None]
    if lost in ("figure", "table", "equation", "listing"):
        page, anchor = numbered(counted, lost)
        changed = {page: text.replace(f'id="{anchor}"', 'id="other"')}
        told = f"the {lost} '{anchor}' is missing"
    else:
        changed, told = {
            "page": ({page: None}, "the page first.xhtml is missing"),
            "contents": (
                {"nav.xhtml": nav.replace(f'"{page}"', '"index.xhtml"')},
                "nav.xhtml does not name first.xhtml",
            ),
            "section": (
                {"nav.xhtml": nav.replace(f'"{page}#inner"', f'"{page}"')},
                "nav.xhtml does not name first.xhtml#inner",
            ),
            "link": (
                {page: text.replace("</body>", '<a href="nowhere.xhtml">x</a></body>')},
                "first.xhtml names nowhere.xhtml, which is not there",
            ),
            "picture": (
                {"_images/square.svg": None},
                "first.xhtml names _images/square.svg, which is not there",
            ),
            "painted": (
                {page: re.sub("<img[^>]*>", "", text)},
                "first.xhtml shows 0 pictures of 1",
            ),
            "reference": (
                {page: text.replace("</body>", "<p>See ??.</p></body>")},
                "has a reference that was not resolved: '??'",
            ),
        }[lost]
    rewrite(file, changed)
    with pytest.raises(PublishError, match=re.escape(told)) as raised:
        check_epub(file, counted.inventory)
    assert "[incomplete-epub]" in str(raised.value)


MOVING = """\
{
 "cells": [
  {"cell_type": "markdown", "metadata": {}, "source": ["# Moving\\n", "\\n",
   "![far](https://example.org/a.png) <br> <iframe src='https://example.org/'></iframe>"]},
  {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": ["show()"], "outputs": [
   {"output_type": "display_data", "metadata": {}, "data": {
    "text/html": "<script>alert('moves')</script>", "text/plain": "stands still"}}]}
 ],
 "metadata": {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}},
 "nbformat": 4, "nbformat_minor": 5
}
"""


def test_what_moves_stands_still_and_leads_to_the_website(write_book) -> None:
    config = "title: Small\nhtml: {baseurl: https://example.org/book/}\n"
    folder = write_book(
        {"index.md": "# Small\n"},
        toc="format: jb-book\nroot: index\nchapters:\n  - file: moving\n",
        config=f"{config}polybook: {{frameworks: {{alpha: {{}}}}}}\n",
        files={"moving.ipynb": MOVING},
    )
    page = content(build(folder)[0].file)["moving.xhtml"]
    assert "stands still" in page and "alert" not in page and "iframe" not in page
    assert 'href="https://example.org/book/moving.html"' in page
    assert "<img" not in page and 'href="https://example.org/a.png"' in page


def test_a_failed_build_leaves_the_last_file(tiny_book: Path, monkeypatch) -> None:
    file = build(tiny_book, "alpha")[0].file
    before = file.read_bytes()
    chapter = next(tiny_book.rglob("*.md"))
    wrong = '\n<a href="nowhere.xhtml">a link</a>\n'
    chapter.write_text(chapter.read_text(encoding="utf-8") + wrong, encoding="utf-8")
    with pytest.raises(PublishError):
        build(tiny_book, "alpha")
    assert file.read_bytes() == before
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_question_marks_of_the_author_are_no_open_references(write_book) -> None:
    config = "title: Small\npolybook:\n  frameworks: {alpha: {title: Alpha}}\n"
    pages = {"index.md": "# Book\n", "m.md": "# What??\n\nReally, *what??*\n"}
    text = content(build(write_book(pages, config=config), "alpha")[0].file)["m.xhtml"]
    assert text.count("hat??") >= 2


def test_the_command_makes_one_framework(tiny_book: Path, polybook: Polybook) -> None:
    done = polybook("build", "epub", "--no-execute", "--framework", "beta", "--book", tiny_book)
    assert done.returncode == 0, done.stderr
    files = [file.name for file in (tiny_book / "_build/epub").iterdir()]
    assert files == ["a-tiny-book-beta.epub"] and files[0] in done.stdout


def test_the_command_does_not_know_every_framework(tiny_book: Path, polybook: Polybook) -> None:
    done = polybook("build", "epub", "--no-execute", "--framework", "gama", "--book", tiny_book)
    assert done.returncode == 1 and "unknown-framework" in done.stderr
    assert "Traceback" not in done.stderr
