"""Where links to other sites lead, for readers on paper: footnotes, or codes in the margin."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from polybook.publish.project import project_of

BUILDER = "polybook-latex"
"""The one whose pages are paper."""

# In what a margin paragraph may begin; elsewhere LaTeX would lose it.
_FLOWING = (
    nodes.paragraph,
    nodes.section,
    nodes.bullet_list,
    nodes.enumerated_list,
    nodes.list_item,
    nodes.definition_list,
    nodes.definition_list_item,
    nodes.definition,
    nodes.block_quote,
    nodes.container,
    nodes.emphasis,
    nodes.strong,
    nodes.inline,
)
# Each has its own group of LaTeX, in which the address itself is the clearest.
_SMALL_PRINT = (nodes.footnote, nodes.citation)
# How many bytes a QR code of level L holds, by its version (ISO/IEC 18004, table 7).
_CAPACITIES = (17, 32, 53, 78, 106, 134, 154, 192, 230, 271)
# A dot, and the widest code, in millimetres: phones read both from a hand's breadth.
_DOT, _WIDEST = 0.42, 15.0
_SPECIAL = re.compile(r"([%#&_~$\\^{}])")


def setup_addresses(app: Sphinx) -> None:
    """Print addresses, if the book wants them."""
    app.add_post_transform(Addresses)


class Addresses(SphinxPostTransform):
    """Gives links to other sites a footnote or a code; once for each address in a section."""

    # When references are resolved and outputs chosen, before Sphinx moves footnotes to their marks.
    default_priority = 500
    formats = ("latex",)

    def run(self, **kwargs: Any) -> None:
        """Change the links of the page."""
        kind = project_of(self.app).paper.links
        if kind == "none" or self.app.builder.name != BUILDER:
            return
        told: set[tuple[int, str]] = set()
        for link in list(self.document.findall(_is_outward)):
            place = (id(_above(link, nodes.section)), link["refuri"])
            if place in told or _above(link, nodes.title) is not None:
                continue
            told.add(place)
            if _above(link, _SMALL_PRINT) is not None:
                _follow(link, nodes.Text(" ("), _shown(link["refuri"]), nodes.Text(")"))
            elif kind == "footnotes":
                self._footnote(link, f"address-{len(told)}")
            else:
                _code(link)

    def _footnote(self, link: nodes.reference, name: str) -> None:
        """Add a footnote; its number is the printed chapter's to give."""
        docname = self.env.docname
        paragraph = nodes.paragraph("", "", _shown(link["refuri"]))
        label = nodes.label("", name)
        note = nodes.footnote("", label, paragraph, ids=[name], names=[name], docname=docname)
        mark = nodes.footnote_reference("", name, refid=name, docname=docname)
        self.document += note
        _follow(link, mark)


def _is_outward(node: nodes.Node) -> bool:
    """Tell whether this is a link to another site with a text that does not say where it leads."""
    if not isinstance(node, nodes.reference):
        return False
    address = node.get("refuri", "")
    if urlsplit(address).scheme not in ("http", "https"):
        return False
    text = node.astext().strip()
    return bool(text) and _bare(text) != _bare(address)


def _bare(address: str) -> str:
    """Return an address without what readers need not type."""
    plain = re.sub(r"^(https?://)?(www\.)?", "", address.strip().rstrip("/"))
    return re.sub(r"^doi:\s*", "doi.org/", plain)


def _above(
    node: nodes.Node, kind: type[nodes.Element] | tuple[type[nodes.Element], ...]
) -> nodes.Element | None:
    """Return the nearest node of this kind that a node stands in."""
    found = node.parent
    while found is not None and not isinstance(found, kind):
        found = found.parent
    return found


def _follow(node: nodes.Node, *more: nodes.Node) -> None:
    at = node.parent.index(node) + 1
    node.parent[at:at] = more


def _shown(address: str) -> nodes.reference:
    return nodes.reference("", address, refuri=address)


def _code(link: nodes.reference) -> None:
    """Set the code at the link, or behind the table, the box or the figure that it stands in."""
    place: nodes.Node = link
    outer = link.parent
    while outer is not None and not isinstance(outer, nodes.document):
        if not isinstance(outer, _FLOWING):
            place = outer
        outer = outer.parent
    address = link["refuri"]
    site = (urlsplit(address).hostname or "").removeprefix("www.")
    size = code_size(_ascii(address))
    code = rf"\polybookcode{{{_printed(_ascii(address))}}}{{{_printed(site)}}}{{{size:.1f}}}"
    raw = nodes.raw("", code, format="latex")
    # Codes of the same box stand in the order of its links.
    while place is not link and _is_code(follower := place.next_node(siblings=True, ascend=False)):
        place = follower
    _follow(place, raw)


def code_size(address: str) -> float:
    """Return how wide the code of an address is, in millimetres.

    >>> code_size("https://example.org"), code_size("https://example.org/" + "long/" * 60)
    (10.5, 15.0)
    """
    version = 1 + sum(len(address) > capacity for capacity in _CAPACITIES)
    return min((17 + 4 * version) * _DOT, _WIDEST)


def _is_code(node: nodes.Node | None) -> bool:
    return isinstance(node, nodes.raw) and node.astext().startswith(r"\polybookcode")


def _ascii(address: str) -> str:
    """Return an address in the characters that addresses are made of."""
    return quote(address, safe=";/?:@&=+$,#%-_.!~*'()[]")


def _printed(address: str) -> str:
    return _SPECIAL.sub(r"\\\1", address)
