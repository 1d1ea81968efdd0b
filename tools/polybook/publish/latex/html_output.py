"""Outputs in HTML as what print can show of them: tables, pictures, text."""

from __future__ import annotations

import base64
import re

from bs4 import BeautifulSoup, Tag
from docutils import nodes

from polybook.publish.latex.html_table import read_table
from polybook.publish.latex.table_layout import grid_nodes

_ACTIVE = (
    "video",
    "audio",
    "script",
    "iframe",
    "canvas",
    "object",
    "embed",
    "button",
    "input",
    "select",
)
# Pictures that are written into the page, also in a script, where lines end in backslashes.
_DATA = re.compile(r"data:(image/(?:png|jpeg|gif|webp|svg\+xml));base64,([A-Za-z0-9+/=\s\\]+)")
_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL | re.IGNORECASE)
_BLOCKS = ["p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "pre", "div", "dt", "dd"]


def has_table(html: str) -> bool:
    """Tell whether HTML holds a table."""
    return "<table" in html.lower()


def is_active(html: str) -> bool:
    """Tell whether something moves, sounds or answers in a page with this HTML."""
    return BeautifulSoup(html, "html.parser").find(_ACTIVE) is not None


def html_nodes(html: str, share: float = 1) -> list[nodes.Node]:
    """Return what print can show of an output in HTML; may be empty.

    Args:
        html: The output.
        share: How long a line of the paper is beside one of the default paper.
    """
    page = BeautifulSoup(html, "html.parser")
    active = page.find(_ACTIVE) is not None
    for unseen in page.find_all(["style", "script", "template", "noscript", *_ACTIVE]):
        unseen.decompose()
    if page.find("table"):
        return _tables(page, share)
    if picture := _picture(html, active):
        return [picture]
    return [] if active else _texts(page)


def _tables(page: BeautifulSoup, share: float) -> list[nodes.Node]:
    """Return tables and the lines between, such as how many rows there are."""
    made: list[nodes.Node] = []
    for each in page.find_all(["table", "p", "h1", "h2", "h3", "h4"]):
        if each.find_parent("table"):
            continue
        if each.name != "table":
            made += _paragraph(each)
        elif grid := read_table(each):
            made += grid_nodes(grid, share)
    return made


def _picture(html: str, active: bool) -> nodes.image | None:
    """Return the first picture that the HTML brings along."""
    if found := _DATA.search(html):
        kind, data = found[1], re.sub(r"[\s\\]", "", found[2]).replace("\\n", "")
    elif not active and (svg := _SVG.search(html)):
        text = svg[0]
        if "xmlns=" not in text:
            text = text.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
        kind, data = "image/svg+xml", base64.b64encode(text.encode()).decode()
    else:
        return None
    uri = f"data:{kind};base64,{data}"
    # Sphinx makes a file of it.
    return nodes.image(uri=uri, candidates={"?": uri}, classes=["output"])


def _texts(page: BeautifulSoup) -> list[nodes.Node]:
    made: list[nodes.Node] = []
    lowest = [each for each in page.find_all(_BLOCKS) if not each.find(_BLOCKS)]
    for each in lowest or [page]:
        made += _paragraph(each)
    return made


def _paragraph(element: Tag) -> list[nodes.Node]:
    text = " ".join(element.get_text().split())
    return [nodes.paragraph(text, text, classes=["output"])] if text else []
