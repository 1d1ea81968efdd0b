"""Pictures as EPUB wants them: SVG without a document type and without scripts."""

from __future__ import annotations

import re
from xml.etree import ElementTree
from xml.parsers import expat

from polybook.publish.epub.page import clean_svg, parse_xml

_DOCTYPE = re.compile(rb"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL)


def still_picture(name: str, data: bytes) -> bytes:
    """Return a picture's file without what EPUB does not allow; others than SVG stay as they are.

    What is no XML stays as well, for readers to see as it is.
    """
    if not name.lower().endswith(".svg"):
        return data
    try:
        # Entities may be declared in the document type: they are resolved first.
        tree = parse_xml(data)
    except expat.ExpatError:
        return _DOCTYPE.sub(b"", data, count=1)
    clean_svg(tree)
    for path in tree.iter("path"):
        # Matplotlib's blank has no outline, and SVG 1.1 demands one.
        path.attrib.setdefault("d", "M0 0")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(tree, "utf-8")
