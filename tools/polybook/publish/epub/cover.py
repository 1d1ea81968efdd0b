"""The cover of an edition: title, framework and author, set in type."""

from __future__ import annotations

import unicodedata
from html import escape

_WIDTH, _HEIGHT, _MARGIN = 1200, 1800, 110
_INK, _PAPER, _QUIET, _ACCENT = "#24292f", "#f6f5f1", "#63676e", "#1b559e"
_SERIF = "font-family=\"Georgia, 'Noto Serif', 'Noto Serif CJK SC', serif\""
_SANS = "font-family=\"Helvetica, Arial, 'Noto Sans', 'Noto Sans CJK SC', sans-serif\""


def cover_picture(title: str, framework: str, author: str) -> str:
    """Return the cover as SVG."""
    size = 132
    lines = _lines(title, size)
    while len(lines) > 6 and size > 60:
        size -= 12
        lines = _lines(title, size)
    top = 430
    text = "".join(
        _text(line, top + at * size * 1.2, size, _INK, f'font-weight="700" {_SERIF}')
        for at, line in enumerate(lines)
    )
    under = top + (len(lines) - 1) * size * 1.2
    text += (
        f'<rect x="{_MARGIN}" y="{under + 80:.0f}" width="180" height="10" fill="{_ACCENT}"/>\n'
        + _text(framework, under + 200, 72, _ACCENT, _SANS)
    )
    authors = _lines(author, 52)[:4]
    text += "".join(
        _text(line, _HEIGHT - 150 - (len(authors) - 1 - at) * 66, 52, _QUIET, _SANS)
        for at, line in enumerate(authors)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}"'
        f' viewBox="0 0 {_WIDTH} {_HEIGHT}">\n<title>{escape(title)}</title>\n'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="{_PAPER}"/>\n'
        f'<rect width="{_WIDTH}" height="36" fill="{_ACCENT}"/>\n{text}</svg>\n'
    )


def cover_page(title: str, picture: str) -> str:
    """Return the body of the page that shows the cover."""
    return (
        f'<section epub:type="cover" class="cover"><img src="{picture}"'
        f' alt="{escape(title)}"/></section>'
    )


def _text(words: str, y: float, size: int, colour: str, more: str) -> str:
    return (
        f'<text x="{_MARGIN}" y="{y:.0f}" font-size="{size}" fill="{colour}" {more}>'
        f"{escape(words)}</text>\n"
    )


def _lines(words: str, size: int) -> list[str]:
    """Return text in lines that fit, which may end between any two signs of Chinese or Japanese."""
    widest = _WIDTH - 2 * _MARGIN
    lines, line = [], ""
    for piece in _pieces(words):
        if line and _width(line + piece.rstrip(), size) > widest:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(words: str) -> list[str]:
    pieces = [""]
    for sign in words:
        if _is_wide(sign):
            pieces += [sign, ""]
        else:
            pieces[-1] += sign
            if sign == " ":
                pieces.append("")
    return [piece for piece in pieces if piece]


def _is_wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"


def _width(text: str, size: int) -> float:
    """Return about how wide text is; no font is at hand that would tell."""
    return sum(size if _is_wide(sign) else 0.56 * size for sign in text)
