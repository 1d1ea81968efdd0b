"""A page in XHTML as EPUB wants it: well-formed, without scripts, forms and what lies elsewhere."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.entities import html5
from xml.etree import ElementTree
from xml.parsers import expat

from bs4 import BeautifulSoup

from polybook.publish.epub.math_letters import styled

XHTML = "http://www.w3.org/1999/xhtml"
MATHML = "http://www.w3.org/1998/Math/MathML"
SVG = "http://www.w3.org/2000/svg"
_VOID = "area|br|col|embed|hr|img|input|link|meta|source|track|wbr"
_EMPTY = re.compile(rf"<(?!(?:{_VOID})[\s/])([a-z][a-z0-9]*)((?:\s[^<>]*)?) />")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_XML_ENTITIES = {"amp", "lt", "gt", "quot", "apos"}
_ATTRIBUTE = re.compile(r"[A-Za-z_][\w.:-]*\Z")
# An HTML parser writes their names in small letters.
_SVG_NAMES = (
    *("viewBox", "preserveAspectRatio", "gradientUnits", "gradientTransform", "patternUnits"),
    *("clipPath", "linearGradient", "radialGradient", "textPath", "markerWidth", "markerHeight"),
    *("refX", "refY", "patternTransform", "clipPathUnits", "markerUnits", "textLength"),
)
_SVG_NAME = re.compile(rf"(?<=[<\s/])({'|'.join(_SVG_NAMES)})(?=[\s=>])", re.I)
_SVG_CASE = {name.lower(): name for name in _SVG_NAMES}
# Elements that are left out with all that they hold.
_DROPPED = {
    *("script", "noscript", "template", "link", "meta", "base", "style", "button", "iframe"),
    *("video", "audio", "object", "embed", "canvas", "source", "track", "param", "select"),
    "textarea",
}
_RENAMED = {"center": "div", "font": "span", "big": "span", "tt": "code", "strike": "s"}
_RENAMED |= {"form": "div", "nobr": "span", "label": "div"}
# Attributes that HTML 5 no longer has; their effect is the style sheet's.
_OBSOLETE = {
    *("border", "align", "valign", "cellpadding", "cellspacing", "bgcolor", "scoped", "summary"),
    *("frameborder", "hspace", "vspace", "nowrap", "noshade", "compact", "clear", "loading"),
    *("for", "target", "srcset", "sizes", "contenteditable", "rules", "frame"),
}


def xhtml_page(title: str, body: str, language: str, style: str) -> str:
    """Return a whole page.

    Args:
        title: As text.
        body: HTML, perhaps with what authors have written themselves.
        language: Of the page, such as ``zh-CN``.
        style: Address of the style sheet.
    """
    tree = _parsed(body)
    _clean(tree)
    content = ElementTree.tostring(tree, encoding="unicode")
    content = _EMPTY.sub(r"<\1\2></\1>", content)
    lang = html.escape(language)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n'
        f'<html xmlns="{XHTML}" xmlns:epub="http://www.idpf.org/2007/ops"'
        f' lang="{lang}" xml:lang="{lang}">\n'
        f"<head>\n<title>{html.escape(title)}</title>\n"
        f'<link rel="stylesheet" type="text/css" href="{html.escape(style)}"/>\n</head>\n'
        f"{content}\n</html>\n"
    )


def parse_xml(text: str | bytes) -> ElementTree.Element:
    """Return a tree whose names stand as they are written, with prefixes and ``xmlns``.

    Raises:
        ExpatError: It is not well-formed.
    """
    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.Parse(text, True)
    return builder.close()


def _parsed(body: str) -> ElementTree.Element:
    body = _ENTITY.sub(_character, body)
    try:
        return parse_xml(f"<body>{body}</body>")
    except expat.ExpatError:
        # HTML that an author has written, or a program that a cell has called.
        soup = BeautifulSoup(body, "html.parser")
        for tag in soup.find_all(True):
            for name in [each for each in tag.attrs if not _ATTRIBUTE.match(each)]:
                del tag[name]
        text = _SVG_NAME.sub(lambda found: _SVG_CASE[found[1].lower()], str(soup))
        return parse_xml(f"<body>{text}</body>")


def _character(entity: re.Match[str]) -> str:
    if entity[1] in _XML_ENTITIES:
        return entity[0]
    return html5.get(f"{entity[1]};", f"&amp;{entity[1]};")


def _clean(element: ElementTree.Element) -> None:
    """Change what EPUB does not allow, below ``element``."""
    for child in list(element):
        name = child.tag
        if name == "math":
            _clean_math(child)
        elif name == "svg":
            clean_svg(child)
        elif name == "input":
            _replace(element, child, _box(child))
        elif name in _DROPPED:
            _replace(element, child, "")
        else:
            child.tag = _RENAMED.get(name, name)
            _clean_attributes(child)
            _clean(child)
            if name == "img" and _lies_elsewhere(child.get("src", "")):
                _link(child)


def _box(child: ElementTree.Element) -> str:
    """Return what stands for an element of a form: the box of a task list."""
    if child.get("type") != "checkbox":
        return ""
    return "\u2611 " if "checked" in child.attrib else "\u2610 "


def _clean_math(math: ElementTree.Element) -> None:
    math.set("xmlns", MATHML)
    for each in math.iter():
        for name in [name for name in each.attrib if name.startswith(("data-", "on"))]:
            del each.attrib[name]
        letters = styled(each.text or "", each.get("mathvariant", ""))
        if letters is not None and "mathvariant" in each.attrib:
            each.text = letters
            del each.attrib["mathvariant"]


def clean_svg(svg: ElementTree.Element) -> None:
    """Remove what moves from a drawing."""
    svg.set("xmlns", SVG)
    svg.set("xmlns:xlink", "http://www.w3.org/1999/xlink")
    for parent in list(svg.iter()):
        for name in [name for name in parent.attrib if name.startswith(("data-", "on"))]:
            del parent.attrib[name]
        for child in list(parent):
            if child.tag in ("script", "foreignObject"):
                _replace(parent, child, "")


def _clean_attributes(element: ElementTree.Element) -> None:
    given = element.attrib
    style = [given["style"].rstrip("; ")] if given.get("style") else []
    if given.get("align") in ("left", "right", "center"):
        style.append(f"text-align: {given['align']}")
    for key in ("width", "height"):
        if key in given and not (element.tag == "img" and given[key].isdigit()):
            style.append(f"{key}: {_length(given.pop(key))}")
    if element.tag == "img":
        given.setdefault("alt", "")
    for name in [name for name in given if name in _OBSOLETE or name.startswith(("on", "data-"))]:
        del given[name]
    if element.tag == "a" and "name" in given:
        name = given.pop("name")
        given.setdefault("id", name)
    if style:
        given["style"] = "; ".join(style)


def _length(value: str) -> str:
    return f"{value}px" if value.strip().isdigit() else value


def _lies_elsewhere(address: str) -> bool:
    return address.startswith(("http:", "https:", "//"))


def _link(image: ElementTree.Element) -> None:
    """Make an image that lies on some server a link to it."""
    address, words = image.get("src", ""), image.get("alt") or image.get("src", "")
    tail = image.tail
    image.clear()
    image.tag, image.text, image.tail = "a", words, tail
    image.set("href", address if "://" in address else f"https:{address}")


def _replace(parent: ElementTree.Element, child: ElementTree.Element, text: str) -> None:
    """Put text in the place of a child."""
    text += child.tail or ""
    at = list(parent).index(child)
    parent.remove(child)
    if at:
        parent[at - 1].tail = (parent[at - 1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def addresses(tree: ElementTree.Element) -> Iterator[str]:
    """Yield the addresses that a page names: of links, pictures and styles."""
    for each in tree.iter():
        for key in ("href", "src", "xlink:href"):
            if key in each.attrib:
                yield each.attrib[key]
