"""What `polybook: print:` says: sizes, margins, and what cannot be used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from polybook.book import Book
from polybook.book.config import load_config
from polybook.book.paper import Margins, Paper
from polybook.source import BookError, Diagnostic

BEGIN = "title: Small\npolybook:\n  frameworks: {alpha: {}}\n"


@pytest.fixture
def paper(make_book: Callable[..., Book]) -> Callable[[str], Paper]:
    """Return the paper of a book with these settings under `print:`."""

    def read(settings: str) -> Paper:
        return make_book(
            {"index.md": "# Book\n"}, config=f"{BEGIN}  print: {{{settings}}}\n"
        ).config.paper

    return read


@pytest.mark.parametrize(
    ("written", "width", "height"),
    [
        ("a4", 210, 297),
        ("A5", 148, 210),
        ("7x10in", 177.8, 254),
        ("178mm x 254mm", 178, 254),
        ("17.8 x 25.4 cm", 178, 254),
        ("20cm × 250mm", 200, 250),
    ],
)
def test_a_size_has_a_name_or_two_lengths(paper, written, width, height) -> None:
    found = paper(f"size: {written}")
    assert (found.width, found.height) == pytest.approx((width, height))


def test_a_book_that_says_nothing_has_the_margins_of_a_textbook(paper) -> None:
    assert paper("") == Paper()
    assert Paper().margins == Margins(23, 19, 22, 24)


@pytest.mark.parametrize("size", ["a4", "a5", "b5", "letter", "100x140mm"])
def test_margins_follow_from_the_size_and_no_line_is_too_long(paper, size) -> None:
    found = paper(f"size: {size}")
    margins = found.margins
    assert margins.inner > margins.outer > found.width / 10
    assert margins.bottom > margins.top > found.height / 12
    assert found.line <= 145.01


@pytest.mark.parametrize("links", ["none", "footnotes", "qr"])
def test_on_a_screen_both_margins_are_equal(paper, links) -> None:
    margins = paper(f"layout: screen, links: {links}").margins
    assert margins.inner == margins.outer


@pytest.mark.parametrize("size", ["a4", "a5", "178x254mm"])
def test_codes_have_room_in_the_outer_margin(paper, size) -> None:
    assert paper(f"size: {size}, links: qr").margins.outer >= 25


@pytest.mark.parametrize(
    ("settings", "told", "mend"),
    [
        ("    size: a44\n", "'a44' is no size of a page", "178mm x 254mm"),
        ("    size: 7x10\n", "'7x10' is no size of a page", "178mm x 254mm"),
        ("    size: 3x4in\n", "a page of 3x4in cannot be printed", "from 100 mm to 450 mm"),
        ("    layout: booklet\n", "'layout' cannot be 'booklet'", "write one of print, screen"),
        ("    links: footnote\n", "'links' cannot be 'footnote'", "did you mean 'footnotes'?"),
        ("    links: [qr]\n", "'links' cannot be '['qr']'", "none, footnotes, qr"),
        ("    sise: a4\n", "unknown setting 'sise' under 'polybook:print'", "'size'"),
    ],
)
def test_what_cannot_be_used_is_told_at_its_line(
    write_book: Callable[..., Path], settings: str, told: str, mend: str
) -> None:
    folder = write_book({"index.md": "# Book\n"}, config=f"{BEGIN}  print:\n{settings}")
    with pytest.raises(BookError) as raised:
        load_config(folder)
    found: Diagnostic = raised.value.diagnostics[0]
    assert (found.path, found.line) == ("_config.yml", 5)
    assert told in found.message and mend in found.suggestion
