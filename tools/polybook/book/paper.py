"""How the book is printed.

::

    polybook:
      print:
        layout: print       # two-sided, chapters begin on the right; or `screen`
        size: 178mm x 254mm # or 7x10in, or a name: a4, a5, b5, letter
        links: none         # what paper shows of links to other sites; or `footnotes`, `qr`

``layout: screen`` is for reading on a screen: one-sided, with equal margins and without the blank
pages that let chapters begin on the right. ``links: footnotes`` prints the address that a link
leads to at the foot of the page, ``qr`` as a code in the outer margin for a phone's camera. The
links themselves work in each of them.
"""

from __future__ import annotations

import re

import attrs

from polybook.book.yaml_file import YamlFile
from polybook.source.suggestion import did_you_mean

SETTINGS = ("layout", "size", "links")
LAYOUTS = ("print", "screen")
LINKS = ("none", "footnotes", "qr")
SIZES = {
    "a4": (210.0, 297.0),
    "a5": (148.0, 210.0),
    "b5": (176.0, 250.0),
    "letter": (215.9, 279.4),
}
"""Width and height in millimetres by name: those of ISO 216, and US Letter."""

_WHERE = ("polybook", "print")
_LENGTHS = re.compile(
    r"(?P<width>\d+(?:\.\d+)?)\s*(?P<unit>mm|cm|in)?\s*[x×]\s*"
    r"(?P<height>\d+(?:\.\d+)?)\s*(?P<last>mm|cm|in)",
    re.IGNORECASE,
)
_MILLIMETRES = {"mm": 1.0, "cm": 10.0, "in": 25.4}
# Smaller pages have no room for a line of code, larger ones are posters.
_LEAST, _MOST = 100.0, 450.0
# The default, on which the shares of the margins rest: 7 by 10 inches, as many textbooks have.
_WIDTH, _HEIGHT = 178.0, 254.0
_INNER, _OUTER, _TOP, _BOTTOM = 23.0, 19.0, 22.0, 24.0
# Longer lines are hard to follow in type of 10 points.
_LONGEST_LINE = 145.0
# A code of 15 mm, with white on either side.
_CODE_MARGIN = 25.0


@attrs.frozen
class Margins:
    """White around the text, in millimetres; the inner one is at the binding."""

    inner: float
    outer: float
    top: float
    bottom: float


@attrs.frozen
class Paper:
    """What a book is printed on.

    Attributes:
        layout: One of `LAYOUTS`.
        width: Of a page, in millimetres.
        height: Of a page, in millimetres.
        links: One of `LINKS`: what is shown of links to other sites.
    """

    layout: str = LAYOUTS[0]
    width: float = _WIDTH
    height: float = _HEIGHT
    links: str = LINKS[0]

    @property
    def is_two_sided(self) -> bool:
        """Whether left and right pages differ."""
        return self.layout == "print"

    @property
    def margins(self) -> Margins:
        """The white around the text: the same shares of each size, more where lines are long."""
        inner, outer = (each * self.width / _WIDTH for each in (_INNER, _OUTER))
        extra = max(self.width - inner - outer - _LONGEST_LINE, 0)
        inner += extra / 2
        outer += extra / 2
        if not self.is_two_sided:
            inner = outer = (inner + outer) / 2
        if self.links == "qr":
            outer = max(outer, _CODE_MARGIN)
            inner = inner if self.is_two_sided else outer
        top, bottom = (each * self.height / _HEIGHT for each in (_TOP, _BOTTOM))
        return Margins(*(round(each, 2) for each in (inner, outer, top, bottom)))

    @property
    def line(self) -> float:
        """How long a line of text is, in millimetres."""
        return self.width - self.margins.inner - self.margins.outer

    @property
    def line_share(self) -> float:
        """How long a line is beside one of the default size: 1 if equal."""
        return self.line / Paper().line


def read_paper(file: YamlFile) -> Paper:
    """Return what the configuration says of print.

    Raises:
        BookError: A setting is unknown, or its value is.
    """
    given = file.mapping(*_WHERE)
    file.only(given, SETTINGS, *_WHERE)
    width, height = _size(file, given.get("size"))
    return Paper(
        layout=_choice(file, "layout", given.get("layout"), LAYOUTS),
        width=width,
        height=height,
        links=_choice(file, "links", given.get("links"), LINKS),
    )


def _choice(file: YamlFile, key: str, value: object, choices: tuple[str, ...]) -> str:
    """Return the value of a setting, the first of the choices if it has none."""
    if value is None:
        return choices[0]
    # YAML 1.1 reads `no` and `off` as false.
    if value is False and "none" in choices:
        return "none"
    if value not in choices:
        mend = did_you_mean(str(value), choices, "write one of")
        raise file.wrong(f"'{key}' cannot be '{value}'", mend, *_WHERE, key)
    return str(value)


def _size(file: YamlFile, value: object) -> tuple[float, float]:
    """Return the width and height of a page in millimetres."""
    if value is None:
        return _WIDTH, _HEIGHT
    text = str(value).strip().lower()
    if text in SIZES:
        return SIZES[text]
    found = _LENGTHS.fullmatch(text)
    if found is None:
        mend = f"write one such as 178mm x 254mm or 7x10in, or {', '.join(SIZES)}"
        raise file.wrong(f"'{value}' is no size of a page", mend, *_WHERE, "size")
    unit = found["last"]
    size = (
        float(found["width"]) * _MILLIMETRES[found["unit"] or unit],
        float(found["height"]) * _MILLIMETRES[unit],
    )
    if not all(_LEAST <= each <= _MOST for each in size):
        message = f"a page of {value} cannot be printed"
        mend = f"write a width and a height from {_LEAST:g} mm to {_MOST:g} mm"
        raise file.wrong(message, mend, *_WHERE, "size")
    return size
