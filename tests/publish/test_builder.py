"""What is written again after a change: exactly the pages that look different."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from resources import Polybook

CONFIG = """\
title: Small
polybook:
  frameworks:
    alpha:
      title: Alpha
sphinx:
  extra_extensions: [sphinxcontrib.bibtex]
  config:
    bibtex_bibfiles: [works.bib]
    html_static_path: [styles]
    html_css_files: [own.css]
"""
TOC = """\
format: jb-book
root: index
parts:
  - caption: First part
    numbered: true
    chapters:
      - file: one
        sections:
          - file: two
      - file: three
  - caption: Last part
    chapters:
      - file: four
"""
PAGES = {
    "index.md": "# A small book\n\nText.\n",
    "one.md": "# One\n:label:`sec_one`\n\nSee :numref:`sec_three` and :cite:`Alpha.2001`.\n",
    "two.md": "# Two\n:label:`sec_two`\n\n$$x = 1$$\n:eqlabel:`eq_two`\n\nNothing else.\n",
    "three.md": "# Three\n:label:`sec_three`\n\nBy :eqref:`eq_two` and :ref:`sec_two`.\n",
    "four.md": "# Works\n\n```{bibliography}\n```\n",
}


class Site:
    """A book that is built again and again, and what each build has written."""

    def __init__(self, folder: Path, polybook: Polybook) -> None:
        self.folder, self._polybook = folder, polybook

    @property
    def html(self) -> Path:
        return self.folder / "_build/html"

    def build(self) -> str:
        done = self._polybook("build", "html", "--no-execute", "--book", self.folder)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def edit(self, name: str, old: str, new: str) -> None:
        file = self.folder / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    def rendered(self) -> set[str]:
        """Build, and return the pages that Sphinx has written for it."""
        kept = self.folder / "_build/doctrees/pages"
        before = {file: file.stat().st_mtime_ns for file in kept.rglob("*.json")}
        self.build()
        after = {file: file.stat().st_mtime_ns for file in kept.rglob("*.json")}
        return {file.stem for file in after if after[file] != before.get(file)}

    def contents(self, page: str) -> list[str]:
        """Return the titles in the contents beside a page."""
        return [link.get_text() for link in self.page(page).select("nav.site-contents a")]

    def page(self, name: str) -> BeautifulSoup:
        return BeautifulSoup((self.html / f"{name}.html").read_bytes(), "html.parser")


@pytest.fixture
def site(write_book: Callable[..., Path], polybook: Polybook) -> Site:
    folder = write_book(PAGES, TOC, CONFIG, files={"styles/own.css": "p { color: teal }\n"})
    built = Site(folder, polybook)
    built.build()
    return built


def test_a_changed_sentence_writes_its_page_alone(site: Site) -> None:
    times = {file.name: file.stat().st_mtime_ns for file in site.html.glob("*.html")}
    site.edit("two.md", "Nothing else.", "Something else.")
    assert site.rendered() == {"two"}
    assert "Something else." in (site.html / "two.html").read_text(encoding="utf-8")
    # The other pages are the same files as before, for programs that upload what is new.
    assert (site.html / "one.html").stat().st_mtime_ns == times["one.html"]


def test_a_changed_title_is_in_every_sidebar_and_reference(site: Site) -> None:
    site.edit("two.md", "# Two", "# Second")
    written = site.rendered()
    # Page one is above it, page three names it; the index and the works show it beside them only.
    assert "two" in written and "three" in written
    assert "four" not in written
    for page in ("index", "one", "two", "three", "four"):
        assert "1.1 Second" in site.contents(page)
    assert "Second" in (site.html / "three.html").read_text(encoding="utf-8")


def test_a_moved_page_changes_all_numbers(site: Site) -> None:
    site.edit("_toc.yml", "      - file: three\n", "")
    site.edit("_toc.yml", "      - file: one", "      - file: three\n      - file: one")
    written = site.rendered()
    assert {"one", "two", "three"} <= written
    assert site.contents("four")[-4:] == ["1 Three", "2 One", "2.1 Two", "Works"]
    assert "Section 1" in site.page("one").select_one("article").get_text()


def test_a_changed_work_is_written_where_it_is_cited(site: Site) -> None:
    site.edit("works.bib", "year = {2001}", "year = {2002}")
    assert site.rendered() == {"one", "four"}
    assert "2002" in (site.html / "one.html").read_text(encoding="utf-8")


def test_a_changed_style_is_asked_for_anew_and_writes_no_page(site: Site) -> None:
    def address() -> str:
        return site.page("one").select_one("link[href*=own]")["href"]

    before = address()
    site.edit("styles/own.css", "teal", "olive")
    assert site.rendered() == set()
    assert address() != before


def test_the_page_and_those_above_it_are_marked_beside_it(site: Site) -> None:
    contents = site.page("two").select_one("nav.site-contents")
    assert [link.get_text() for link in contents.select("[aria-current=page]")] == ["1.1 Two"]
    assert [item.a.get_text() for item in contents.select("li.open")] == ["1 One", "1.1 Two"]


def test_a_removed_page_leaves_the_site(site: Site) -> None:
    site.edit("_toc.yml", "      - file: three\n", "")
    site.edit("one.md", ":numref:`sec_three`", "nothing")
    (site.folder / "three.md").unlink()
    site.build()
    assert not (site.html / "three.html").exists()
    assert "2 Three" not in site.contents("index")


def test_many_pages_are_the_same_whether_one_process_writes_them_or_two(site: Site) -> None:
    more = [f"extra{number}" for number in range(12)]
    for number, name in enumerate(more):
        text = f"# Extra {number}\n:label:`sec_{name}`\n\n$y = {number}$, see :numref:`sec_one`.\n"
        (site.folder / f"{name}.md").write_text(text, encoding="utf-8")
    with (site.folder / "_toc.yml").open("a", encoding="utf-8") as toc:
        toc.writelines(f"      - file: {name}\n" for name in more)
    site.build()
    in_turn = files(site.html)
    shutil.rmtree(site.folder / "_build")
    # A process may use the processors that its affinity names.
    processors = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(processors)})
    try:
        site.build()
    finally:
        os.sched_setaffinity(0, processors)
    assert files(site.html) == in_turn


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_a_build_after_changes_is_what_a_fresh_one_gives(site: Site) -> None:
    site.edit("two.md", "# Two", "# Second")
    site.build()
    site.edit("one.md", "See", "Look at")
    site.edit("works.bib", "year = {2001}", "year = {2002}")
    site.build()
    changed = files(site.html)
    shutil.rmtree(site.folder / "_build")
    site.build()
    fresh = files(site.html)
    assert changed.keys() == fresh.keys()
    assert [name for name in fresh if fresh[name] != changed[name]] == []


def test_nothing_changed_ends_at_once_with_the_same_warnings(
    site: Site, polybook: Polybook
) -> None:
    drawn = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'
    (site.folder / "drawn.svg").write_text(drawn, encoding="utf-8")
    site.edit("two.md", "Nothing else.", "![](drawn.svg)")
    first = polybook("build", "html", "--no-execute", "--book", site.folder)
    again = polybook("build", "html", "--no-execute", "--book", site.folder)
    assert "nothing has changed" in again.stdout
    assert "nothing has changed" not in first.stdout
    assert again.stderr == first.stderr != ""


@pytest.mark.parametrize(
    "change",
    [
        lambda book: (book / "two.md").touch(),
        lambda book: (book / "_config.yml").touch(),
        lambda book: (book / "_build/html/one.html").write_text("gone"),
        lambda book: (book / "_build/html/one.html").unlink(),
        lambda book: (book / "notes.txt").write_text("new"),
    ],
    ids=["a chapter", "the configuration", "a page by hand", "a page removed", "a new file"],
)
def test_whatever_changed_is_looked_at(site: Site, change: Callable[[Path], object]) -> None:
    page = (site.html / "one.html").read_bytes()
    change(site.folder)
    assert "nothing has changed" not in site.build()
    assert (site.html / "one.html").read_bytes() == page
