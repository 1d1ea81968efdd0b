"""Formulas that are begun with before Sphinx reads a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from polybook.book import Book
from polybook.execution.keys import Keys
from polybook.publish import foreseen, typesetting
from polybook.publish.build import build_html
from polybook.publish.foreseen import FORESEEN, foreseeing
from polybook.publish.mathjax_settings import mathjax_settings

PAGE = r"""# Formulas of every kind in $\RR$

In the text $x_1$, *and $x_2$ with stress*, on its own line
$$x_3 = 1$$ in a paragraph, and

$$x_4 = 2,
\quad x_5 = 3$$
:eqlabel:`eq_four`

$$
a \\ b

c
$$

\begin{align}
x_6 &= 1
\end{align}

$\newcommand{\own}{y}$ then $\own$.

| one | two |
|:----|:----|
| $x_7$ | $$x_8$$ |

:begin_tab:`alpha`
Only here $x_9$.
:end_tab:
"""
CONFIG = r"""title: Formulas
polybook:
  frameworks:
    alpha: {title: Alpha}
    beta: {title: Beta}
sphinx:
  config:
    mathjax3_config:
      tex: {macros: {RR: '\mathbb{R}'}}
      chtml: {scale: 1.1}
    myst_enable_extensions: [dollarmath, amsmath, colon_fence, linkify, substitution, tasklist]
"""


@pytest.fixture(autouse=True)
def from_the_first_formula_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreseen, "_WORTH_BEGINNING", 1)
    # Other tests of this process may have threads.
    monkeypatch.setattr(foreseen, "can_share", lambda: True)


def build(book: Book) -> list[str]:
    """Build the website and return the warnings."""
    said: list[str] = []
    build_html(Keys.of(book), said.append)
    return said


def test_every_formula_of_the_chapters_is_foreseen(
    make_book: Callable[..., Book], monkeypatch: pytest.MonkeyPatch
) -> None:
    book = make_book({"one.md": PAGE}, config=CONFIG)
    monkeypatch.setattr(
        typesetting, "Batch", lambda _, groups: pytest.fail(f"not foreseen: {groups}")
    )
    with foreseeing(book):
        assert build(book) == []
    assert "mjx-container" in (book.build / "html/one.html").read_text()


def test_pages_are_the_same_when_nothing_was_foreseen(
    write_book: Callable[..., Path], make_book: Callable[..., Book]
) -> None:
    book = make_book({"one.md": PAGE}, config=CONFIG)
    build(book)
    page = (book.build / "html/one.html").read_bytes()
    formulas = book.build / "doctrees" / foreseen.STORE
    kept = formulas.read_bytes()
    formulas.unlink()
    (book.build / "doctrees/environment.pickle").unlink()
    with foreseeing(book):
        build(book)
    assert (book.build / "html/one.html").read_bytes() == page
    assert formulas.read_bytes() == kept


def test_nothing_is_begun_when_formulas_are_kept(make_book: Callable[..., Book]) -> None:
    book = make_book({"one.md": PAGE}, config=CONFIG)
    build(book)
    with foreseeing(book):
        assert FORESEEN.get() is None


def test_other_settings_than_foreseen_are_answered_with_nothing(
    make_book: Callable[..., Book],
) -> None:
    with foreseeing(make_book({"one.md": PAGE}, config=CONFIG)):
        begun = FORESEEN.get()
        assert begun is not None
        assert begun.result(mathjax_settings({})) == ("", {})


def test_what_mathjax_cannot_be_told_is_reported_when_pages_are_read(
    make_book: Callable[..., Book],
) -> None:
    # Settings that stop MathJax stop what was begun too, and the build says so.
    wrong = CONFIG.replace("chtml: {scale: 1.1}", "loader: {load: ['[tex]/nothing']}")
    with foreseeing(make_book({"one.md": PAGE}, config=wrong)):
        begun = FORESEEN.get()
        assert begun is not None
        given = {"tex": {"macros": {"RR": r"\mathbb{R}"}}, "loader": {"load": ["[tex]/nothing"]}}
        assert begun.result(mathjax_settings(given)) == ("", {})
