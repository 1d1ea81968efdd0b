"""What the dialect's text looks like in notebooks: captions, slide marks, lists of pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from polybook.book import Book
from polybook.notebook import reader_notebook

MakeBook = Callable[..., Book]


def written(book: Book, name: str = "deep/one") -> str:
    page = book.page(name)
    assert page is not None
    return "\n".join(cell["source"] for cell in reader_notebook(book, page, "alpha").cells)


def shown(book: MakeBook, text: str) -> str:
    return written(book(f"# One\n\n{text}")).removeprefix("# One\n\n")


def test_a_table_has_its_number_and_caption_above(book: MakeBook) -> None:
    text = ": Speeds of :citet:`Gamma.2002`\n:label:`tab_x`\n\n| a |\n|---|\n\n:numref:`tab_x`\n"
    assert shown(book, text) == (
        '**Table 1.1.1** Speeds of Gamma (2002)\n\n<a id="tab_x"></a>\n\n| a |\n|---|\n\n'
        "[Table 1.1.1](#tab_x)"
    )


def test_a_caption_in_a_quotation_stays_there(book: MakeBook) -> None:
    text = "> Table: Speeds\n>\n> | a |\n> |---|\n"
    assert shown(book, text) == "> **Table 1.1.1** Speeds\n>\n> | a |\n> |---|"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[**One.**] (**Two :numref:`sec_deep`.**)", "One. Two [Section 1](index.ipynb#sec_deep)."),
        ("One. [~~Hidden :numref:`sec_deep`.~~]", "One."),
        ("(**$$x$$**)", "$$x$$"),
        ("[**x**](https://example.org) and (**a** b)", None),
        ("The <eos> of <b>x</b> and `<eos>`", "The \\<eos> of <b>x</b> and `<eos>`"),
        ("## Two {.unnumbered}\n\n## Three {-} ##", "## Two \n\n## Three  ##"),
        ("## Two {#place .a}\n\nx", '## Two <a id="place"></a>\n\nx'),
        ("Use :func:`f` and :class:`A.B`", "Use `f()` and `A.B`"),
        ("a\n\n```eval_rst\n.. note:: x\n```\n\n:bibliography:`works.bib`\n\nb", "a\n\n\n\nb"),
    ],
)
def test_what_is_no_markdown_becomes_some(book: MakeBook, text: str, expected: str | None) -> None:
    assert shown(book, text) == (text if expected is None else expected)


def test_a_label_behind_its_formula_becomes_an_anchor(book: MakeBook) -> None:
    text = "We have $$a$$ :eqlabel:`eq_a` and $$b$$, see :eqref:`eq_a`."
    assert shown(book, text) == (
        'We have <a id="eq_a"></a>$$a \\tag{1.1.1}$$  and $$b$$, see [(1.1.1)](#eq_a).'
    )


def test_a_list_of_pages_becomes_links(book: MakeBook) -> None:
    made = book("# One\n\n```toc\n:numbered:\nindex.md\nbeta-only\nnothing\n../index\n```\n\nText")
    assert written(made) == (
        "# One\n\n* [Deep](index.ipynb)\n* Beta Only\n* nothing\n* [Book](../index.ipynb)\n\nText"
    )
