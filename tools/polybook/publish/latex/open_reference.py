"""References that a PDF shows as ``??``, which LaTeX writes where a number lacks.

Reading the text of each page would take as long as a pass of TeX. So the pages are looked through
for two marks in a row as fonts encode them, and those alone are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pypdf import PageObject

from polybook.publish.open_mark import MARK

_CODE = 0x3F
_SECTION = re.compile(rb"begin(bfchar|bfrange)(.*?)endbf", re.DOTALL)
_CHARACTER = re.compile(rb"<(\w+)>\s*<(\w+)>")
_RANGE = re.compile(rb"<(\w+)>\s*<(\w+)>\s*<(\w+)>")


def open_references(pages: Iterable[tuple[int, PageObject]]) -> Iterator[int]:
    """Yield the numbers of those of the pages whose prose shows ``??``."""
    known: dict[int, set[bytes]] = {}
    for number, page in pages:
        content = page.get_contents()
        if content is None:
            continue
        codes: set[bytes] = set()
        fonts = page["/Resources"].get("/Font")
        for reference in (fonts.get_object() if fonts else {}).values():
            font = reference.get_object()
            if not _is_code(font):
                key = getattr(reference, "idnum", id(font))
                codes |= known.setdefault(key, _codes(font))
        data = content.get_data().lower()
        # Kerning may stand between the two.
        twice = (re.escape(code) + rb"(?:>[-\d.\s]*<)?" + re.escape(code) for code in codes)
        if any(re.search(each, data) for each in twice) and MARK in _prose(page):
            yield number


def _is_code(font: Any) -> bool:
    return "Mono" in str(font.get("/BaseFont", "")) if font else False


def _codes(font: Any) -> set[bytes]:
    """Return how a font's strings name the question mark, in hexadecimal digits."""
    table = font.get("/ToUnicode")
    if table is None:
        return set()
    found: set[bytes] = set()
    for section in _SECTION.finditer(table.get_object().get_data()):
        if section[1] == b"bfchar":
            pairs = _CHARACTER.findall(section[2])
            found |= {code.lower() for code, text in pairs if int(text, 16) == _CODE}
            continue
        for first, last, text in _RANGE.findall(section[2]):
            code = int(first, 16) + _CODE - int(text, 16)
            if int(first, 16) <= code <= int(last, 16):
                found.add(b"%0*x" % (len(first), code))
    return found


def _prose(page: PageObject) -> str:
    parts: list[str] = []

    def visit(text: str, _place: Any, _line: Any, font: Any, _size: float) -> None:
        if not _is_code(font):
            parts.append(text)

    page.extract_text(visitor_text=visit)
    return "".join(parts)
