"""How numbers are written: the options ``style`` and ``numbered`` of a part in ``_toc.yml``.

The names of the styles are those of sphinx-external-toc.
"""

from __future__ import annotations

import attrs
from sphinx_external_toc.api import TocTree

Number = tuple[int | str, ...]
"""A number by its levels, such as ``(3, 1)`` or ``("A", 1)``."""

_EVERY_LEVEL = 999
_ROMAN = (
    ("m", 1000),
    ("cm", 900),
    ("d", 500),
    ("cd", 400),
    ("c", 100),
    ("xc", 90),
    ("l", 50),
    ("xl", 40),
    ("x", 10),
    ("ix", 9),
    ("v", 5),
    ("iv", 4),
    ("i", 1),
)


@attrs.frozen
class Scheme:
    """How the numbers of a part are written.

    Attributes:
        styles: The style of each level, chapters first; levels below them have plain numbers.
        depth: How many levels have numbers.
    """

    styles: tuple[str, ...] = ("numerical",)
    depth: int = 0

    @classmethod
    def of(cls, tree: TocTree) -> Scheme:
        """Return what a part of the table of contents asks for.

        Raises:
            ValueError: Its list of styles is empty.
        """
        styles = (tree.style,) if isinstance(tree.style, str) else tuple(tree.style)
        if not styles:
            raise ValueError("'style' is an empty list")
        return cls(styles, _EVERY_LEVEL if tree.numbered is True else int(tree.numbered))

    def below(self, number: Number, *counts: int) -> Number:
        """Return the number of what stands below ``number``, one count for each level down.

        It is empty for levels that have no numbers.
        """
        levels = range(len(number), len(number) + len(counts))
        if len(number) + len(counts) > self.depth:
            return ()
        return (*number, *map(self._numeral, counts, levels))

    def _numeral(self, count: int, level: int) -> int | str:
        style = self.styles[level] if level < len(self.styles) else "numerical"
        if style == "numerical":
            return count
        text = _roman(count) if style.startswith("roman") else _letters(count)
        return text.upper() if style.endswith("upper") else text


def _roman(count: int) -> str:
    """Return 4 as ``iv``."""
    text = ""
    for numeral, value in _ROMAN:
        times, count = divmod(count, value)
        text += numeral * times
    return text


def _letters(count: int) -> str:
    """Return 1 as ``a``, 26 as ``z`` and 27 as ``aa``."""
    text = ""
    while count:
        count, letter = divmod(count - 1, 26)
        text = chr(ord("a") + letter) + text
    return text
