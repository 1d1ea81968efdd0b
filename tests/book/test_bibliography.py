"""The works that a book can cite."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from polybook.book import Book, load_book
from polybook.source import BookError, Diagnostic

MakeBook = Callable[..., Book]


def work(make_book: MakeBook, fields: str):
    book = make_book({"index.md": "# Book\n"}, works=f"@article{{Key,\n{fields}\n}}\n")
    return book.bibliography["Key"]


@pytest.mark.parametrize(
    ("author", "shown"),
    [
        ("Alpha, Ada", "Alpha"),
        ("Ada Alpha", "Alpha"),
        ("Alpha, Ada and Beta, Bo", "Alpha and Beta"),
        ("Alpha, Ada and Beta, Bo and Gamma, Cy", "Alpha et al."),
        ("Alpha, Ada and Beta, Bo and others", "Alpha et al."),
        ("van der Alpha, Ada", "van der Alpha"),
        ("{Institute of Things}", "Institute of Things"),
        (r"G{\"o}del, Kurt", "Gödel"),
    ],
)
def test_authors_as_a_citation_shows_them(make_book: MakeBook, author: str, shown: str) -> None:
    assert work(make_book, f"author = {{{author}}}, year = {{2001}}").authors == shown


def test_editors_stand_in_for_authors_and_the_title_for_both(make_book: MakeBook) -> None:
    assert work(make_book, "editor = {Alpha, Ada}, title = {T}").authors == "Alpha"
    assert work(make_book, "title = {The {T}}").authors == "The T"


def test_the_fields_of_a_work(make_book: MakeBook) -> None:
    found = work(
        make_book, "author = {Alpha, A}, title = {On {Everything}}, year = 2001, doi = {10.1/x}"
    )
    assert (found.key, found.title, found.year) == ("Key", "On Everything", "2001")
    assert found.url == "https://doi.org/10.1/x"


def test_an_address_wins_over_a_doi_and_both_may_be_missing(make_book: MakeBook) -> None:
    assert work(make_book, "url = {https://example.org}, doi = {10.1/x}").url == (
        "https://example.org"
    )
    assert work(make_book, "title = {T}").url == ""
    assert work(make_book, "title = {T}").year == ""


def complaint(book: Book) -> Diagnostic:
    with pytest.raises(BookError) as caught:
        _ = book.bibliography
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


def test_a_missing_file(make_book: MakeBook) -> None:
    found = complaint(make_book({"index.md": "# Book\n"}, works=None))
    assert (found.path, found.code) == ("_config.yml", "missing-file")
    assert "works.bib" in found.message


def test_malformed_bibtex_is_reported_at_its_line(make_book: MakeBook) -> None:
    works = "@article{A,\n  title = {A}\n}\n\n@article{B,\n  title = = {B}\n}\n"
    found = complaint(make_book({"index.md": "# Book\n"}, works=works))
    assert (found.path, found.line, found.code) == ("works.bib", 6, "invalid-bibtex")


def test_the_first_entry_of_a_key_counts(make_book: MakeBook) -> None:
    works = "@article{A,\n title = {A}\n}\n@article{A,\n title = {B}\n}\n"
    book = make_book({"index.md": "# Book\n"}, works=works)
    assert [work.title for work in book.bibliography.values()] == ["A"]


def test_bibtex_that_is_no_text(make_book: MakeBook, tmp_path: Path) -> None:
    make_book({"index.md": "# Book\n"})
    (tmp_path / "works.bib").write_bytes(b"@article{A, title = {\xff}}")
    assert complaint(load_book(tmp_path)).code == "invalid-bibtex"


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Deep Learning: A Survey (2nd ed.)", "Deep Learning: A Survey (2nd ed.)"),
        ("End-to-End, Again", "End-to-End, Again"),
        ("Pages 1--2", "Pages 1–2"),
        ("Quoted ,,low''", "Quoted „low”"),
        ("{BERT} and Caf{\\'e}", "BERT and Café"),
    ],
)
def test_titles_are_shown_as_latex_prints_them(make_book: MakeBook, title: str, shown: str) -> None:
    assert work(make_book, f"title={{{title}}}").title == shown
