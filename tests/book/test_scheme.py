"""How counts are written in each style."""

from __future__ import annotations

import pytest

from polybook.book.scheme import Scheme


@pytest.mark.parametrize(
    ("style", "written"),
    [
        ("numerical", (4, 27, 1994)),
        ("alphaupper", ("D", "AA", "BXR")),
        ("alphalower", ("d", "aa", "bxr")),
        ("romanupper", ("IV", "XXVII", "MCMXCIV")),
        ("romanlower", ("iv", "xxvii", "mcmxciv")),
    ],
)
def test_each_style_has_its_numerals(style: str, written: tuple[int | str, ...]) -> None:
    scheme = Scheme((style,), depth=1)
    assert tuple(scheme.below((), count)[0] for count in (4, 27, 1994)) == written


def test_levels_without_a_style_are_plain_numbers_and_levels_too_deep_have_none() -> None:
    scheme = Scheme(("alphaupper", "romanlower"), depth=3)
    assert scheme.below((), 2) == ("B",)
    assert scheme.below(("B",), 4, 5) == ("B", "iv", 5)
    assert scheme.below(("B",), 4, 5, 6) == ()
