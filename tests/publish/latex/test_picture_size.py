"""Lengths of CSS in print."""

from __future__ import annotations

import pytest

from polybook.publish.latex.picture_size import printed_length


@pytest.mark.parametrize(
    ("css", "printed"),
    [
        ("120px", "120px"),
        ("50%", "50%"),
        ("1.50CM", "1.5cm"),
        (".5in", "0.5in"),
        ("1e2px", "100px"),
        ("12rem", "12em"),
        ("4Q", "1mm"),
        ("30vw", "30%"),
        ("300", "300"),
        ("auto", ""),
        ("calc(100% - 2em)", ""),
        ("0px", ""),
    ],
)
def test_a_length(css: str, printed: str) -> None:
    assert printed_length(css) == printed
