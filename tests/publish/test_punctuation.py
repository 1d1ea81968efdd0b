"""Punctuation stays with the formula that it touches."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from polybook.book import load_book
from polybook.execution import Keys
from polybook.publish.build import build_html


@pytest.fixture
def render(write_book: Callable[..., Path]) -> Callable[[str], BeautifulSoup]:
    """Render one paragraph and return its page."""

    def rendered(paragraph: str) -> BeautifulSoup:
        folder = write_book({"index.md": f"# Title\n\n{paragraph}\n"})
        website = build_html(Keys.of(load_book(folder)), lambda line: None)
        return BeautifulSoup((website.folder / "index.html").read_bytes(), "html.parser")

    return rendered


@pytest.mark.parametrize(
    ("paragraph", "together"),
    [
        ("By 1 with $b$. Hence.", ["b."]),
        ("A pair ($x$, $y$), both.", ["(x,", "y),"]),
        ("Said “$x$”!", ["“x”!"]),
        ("Free $x$ and $y$ here.", []),
        ("In *italics $z$;* too.", ["z;"]),
        ("$x$$y$.", ["y."]),
    ],
)
def test_what_touches_a_formula_is_not_broken_from_it(
    render: Callable[[str], BeautifulSoup], paragraph: str, together: list[str]
) -> None:
    page = render(paragraph)
    for hidden in page.select("mjx-math"):
        hidden.decompose()
    assert [each.get_text() for each in page.select(".unbroken")] == together
    plain = paragraph.replace("$", "").replace("*", "")
    assert page.select_one("article p:not([class])").get_text() == plain
