"""Which page exists for which framework, and which cells a framework runs on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from polybook.book import Book

MakeBook = Callable[..., Book]


def cell(*names: str) -> str:
    pragma = f"#@tab {', '.join(names)}\n" if names else ""
    return f"```{{.python .input}}\n{pragma}x\n```\n"


def tabs(*names: str) -> str:
    return f":begin_tab:`{', '.join(names)}`\nText.\n:end_tab:\n"


def declared(text: str) -> str:
    return f"---\nframeworks: {text}\n---\n"


CASES = [
    ("text alone exists for all", "# Text\n", "alpha beta"),
    ("a cell without a pragma names the default", cell(), "alpha"),
    ("a cell for one", cell("beta"), "beta"),
    ("cells for both", cell("beta") + cell("alpha"), "alpha beta"),
    ("a cell for both", cell("beta", "alpha"), "alpha beta"),
    ("cells that all say `all`", cell("all") + cell("all"), "alpha beta"),
    ("`all` does not count beside a name", cell("all") + cell("beta"), "beta"),
    ("nor beside a cell without a pragma", cell("all") + cell(), "alpha"),
    ("a tab block names its frameworks", cell("all") + tabs("beta"), "beta"),
    ("but not where there is no code", tabs("beta"), "alpha beta"),
    ("cells and tab blocks together", cell("alpha") + tabs("beta"), "alpha beta"),
    ("a tab block for all counts as little", tabs("all") + cell("beta"), "beta"),
    ("an unknown name names nothing", cell("gamma"), "alpha beta"),
    ("the front matter decides", declared("[beta]") + cell("all"), "beta"),
    ("even against the cells", declared("[beta]") + cell("alpha"), "beta"),
    ("it may name a single one", declared("beta") + cell("all"), "beta"),
    ("and none at all", declared("[]") + cell("all"), ""),
]


@pytest.mark.parametrize(("text", "frameworks"), [pytest.param(*c[1:], id=c[0]) for c in CASES])
def test_frameworks_of_a_page(make_book: MakeBook, text: str, frameworks: str) -> None:
    (page,) = make_book({"index.md": text}).pages
    assert " ".join(page.frameworks) == frameworks


def test_a_framework_runs_its_own_cells_and_those_of_all(make_book: MakeBook) -> None:
    text = cell("alpha") + cell("beta") + cell("all") + cell()
    (page,) = make_book({"index.md": text}).pages
    assert [one.line for one in page.cells("alpha")] == [1, 9, 13]
    assert [one.line for one in page.cells("beta")] == [5, 9]


def test_a_framework_runs_nothing_where_the_page_does_not_exist(make_book: MakeBook) -> None:
    (page,) = make_book({"index.md": declared("[beta]") + cell("all")}).pages
    assert len(page.cells("beta")) == 1
    assert page.cells("alpha") == ()


@pytest.mark.parametrize(("untagged", "frameworks"), [("default", "alpha"), ("all", "alpha beta")])
def test_a_setting_gives_cells_without_a_pragma(
    make_book: MakeBook, untagged: str, frameworks: str
) -> None:
    config = f"polybook:\n  untagged: {untagged}\n  frameworks: {{alpha: {{}}, beta: {{}}}}\n"
    (page,) = make_book({"index.md": "# Book\n\n" + cell()}, config=config).pages
    assert " ".join(page.frameworks) == frameworks
    assert " ".join(name for name in ("alpha", "beta") if page.cells(name)) == frameworks


def test_a_book_without_frameworks_has_pages_for_none(make_book: MakeBook) -> None:
    book = make_book({"index.md": "# Plain\n"}, config="title: Plain\n")
    assert book.pages[0].frameworks == ()


def test_names_of_a_page(make_book: MakeBook) -> None:
    page = make_book({"index.md": "# Book\n", "deep/net.md": "# Net\n"}).pages[1]
    assert (page.path, page.docname, page.stem) == ("deep/net.md", "deep/net", "deep/net")
