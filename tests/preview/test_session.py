"""From changed files to changed pages, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from polybook.preview.session import Session


@pytest.fixture
def session(tiny_book: Path, tmp_path: Path) -> Iterator[Session]:
    """Return the tiny book, open."""
    session = Session(tiny_book, tmp_path / "scratch", executes=False, warn=lambda line: None)
    session.open()
    assert session.trouble == ()
    yield session
    session.close()


def edit(session: Session, name: str, old: str, new: str) -> None:
    file = session.folder / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_an_edited_chapter_is_read_alone(session: Session) -> None:
    assert "Counting is old" in (session.html("guide/numbers") or "")
    edit(session, "guide/numbers.md", "Counting is old", "Counting is fun")
    assert session.change({"guide/numbers.md"}).pages == ("guide/numbers",)
    assert "Counting is fun" in (session.html("guide/numbers") or "")
    assert session.is_shown("guide/numbers")


def test_numbers_stay_when_a_page_is_read_again(session: Session) -> None:
    before = session.html("guide/shapes")
    for _ in range(3):
        edit(session, "guide/numbers.md", "Counting", "Counting ")
        session.change({"guide/numbers.md"})
    html = session.html("guide/numbers") or ""
    assert '<span class="section-number">1.1. </span>Numbers' in html
    assert "(1.1.1)" in html
    assert session.html("guide/shapes") == before


def test_a_new_heading_numbers_what_follows(session: Session) -> None:
    edit(session, "guide/numbers.md", "Counting is old", "## Before\n\n$$z.$$\n\nCounting is old")
    session.change({"guide/numbers.md"})
    html = session.html("guide/numbers") or ""
    assert "1.1.1. </span>Before" in html
    assert "(1.1.2)" in html


def test_pages_that_refer_to_a_changed_title_look_different(session: Session) -> None:
    session.html("guide/shapes"), session.html("guide/myst")
    edit(session, "guide/numbers.md", "# Numbers\n", "# Counts\n")
    session.change({"guide/numbers.md"})
    assert not session.is_shown("guide/shapes"), "it names its neighbour"
    assert "Counts" in (session.html("guide/shapes") or "")


def test_findings_have_the_line_of_the_author(session: Session) -> None:
    edit(session, "guide/shapes.md", ":numref:`sec_numbers`", ":numref:`sec_nubmers`")
    session.change({"guide/shapes.md"})
    session.html("guide/shapes")
    session.examine("guide/shapes")
    [finding] = session.findings("guide/shapes")
    assert (finding.line, finding.code) == (4, "undefined-label")


def test_a_chapter_that_is_no_text_is_told_and_its_page_stays(session: Session) -> None:
    before = session.html("guide/numbers")
    file = session.folder / "guide/numbers.md"
    text = file.read_bytes()
    file.write_bytes(b"\xff\xfe")
    session.change({"guide/numbers.md"})
    assert "guide/numbers.md cannot be read" in session.trouble[0]
    assert session.html("guide/numbers") == before
    file.write_bytes(text)
    session.change({"guide/numbers.md"})
    assert session.trouble == ()


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("_toc.yml", "guide/shapes", "guide/shpaes", "_toc.yml:10"),
        ("_config.yml", "polybook.publish", "no_such_extension", "no_such_extension"),
        ("_config.yml", "title: Alpha", "titel: Alpha", "_config.yml:8"),
    ],
)
def test_a_book_that_cannot_be_opened_again_stays_as_it_was(
    session: Session, name: str, old: str, new: str, said: str
) -> None:
    edit(session, name, old, new)
    session.change({name})
    assert said in session.trouble[0]
    assert "Traceback" not in session.trouble[0]
    assert "Counting is old" in (session.html("guide/numbers") or ""), "it can still be written"
    edit(session, name, new, old)
    session.change({name})
    assert session.trouble == ()


def test_a_new_page_of_the_contents_can_be_shown(session: Session) -> None:
    (session.folder / "guide/more.md").write_text("# More\n\nText.\n", encoding="utf-8")
    edit(session, "_toc.yml", "- file: guide/shapes", "- file: guide/more")
    session.change({"_toc.yml", "guide/more.md"})
    assert "1.2. </span>More" in (session.html("guide/more") or "")
    assert session.html("guide/shapes") is None


def test_a_library_cell_makes_other_notebooks_stale(session: Session) -> None:
    edit(session, "guide/numbers.md", "return x + x", "return x * 2")
    outcome = session.change({"guide/numbers.md"})
    assert outcome.libraries
    assert [job.framework for job in session.stale(session.pages[2])] == ["alpha", "beta"]


def test_prose_makes_nothing_stale(session: Session) -> None:
    edit(session, "guide/numbers.md", "Counting is old", "Counting is fun")
    outcome = session.change({"guide/numbers.md"})
    assert not outcome.libraries
