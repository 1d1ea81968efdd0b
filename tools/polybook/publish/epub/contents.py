"""The table of contents of an EPUB: ``nav.xhtml`` and, for older readers, ``toc.ncx``."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape, unescape
from urllib.parse import quote

import attrs
from docutils import nodes
from sphinx import addnodes
from sphinx.environment import BuildEnvironment

from polybook.publish.contents import Entry, read_contents
from polybook.publish.plain_math import plain_math


@attrs.frozen
class Line:
    """A line of the contents.

    Attributes:
        title: As text, with its number.
        address: Where it leads, in the package; empty for the heading of a part.
        children: The lines below it.
    """

    title: str
    address: str
    children: tuple[Line, ...]

    def addresses(self) -> Iterator[str]:
        """Yield its address and those below it."""
        if self.address:
            yield self.address
        for child in self.children:
            yield from child.addresses()


def read_lines(env: BuildEnvironment) -> tuple[Line, ...]:
    """Return the contents of a book, its first page first, with the sections of its pages."""
    root = env.config.root_doc
    lines = [_line(env, Entry(root, "", "", "", ()))]
    for part in read_contents(env, lambda title: escape(plain_title(title))):
        entries = tuple(_line(env, each) for each in part.entries if each.docname)
        lines += [Line(part.caption, "", entries)] if part.caption and entries else entries
    return tuple(lines)


def plain_title(title: nodes.Element) -> str:
    """Return a title as text, with its formulas as far as text can show them."""
    title = title.deepcopy()
    for formula in list(title.findall(nodes.math)):
        formula.replace_self(nodes.Text(plain_math(formula.astext())))
    return title.astext()


def _line(env: BuildEnvironment, entry: Entry) -> Line:
    title = unescape(entry.title) or plain_title(env.titles[entry.docname])
    shown = f"{entry.number} {title}" if entry.number else title
    children = [
        *_sections(env, entry.docname),
        *(_line(env, e) for e in entry.children if e.docname),
    ]
    return Line(shown, page_file(entry.docname), tuple(children))


def _sections(env: BuildEnvironment, docname: str) -> Iterator[Line]:
    """Yield the sections of a page that have a number, without those below them."""
    numbers = env.toc_secnumbers.get(docname, {})
    for top in env.tocs[docname]:
        for listed in top.children[1:]:
            if not isinstance(listed, nodes.bullet_list):
                continue
            for item in listed:
                entry = next(item.findall(addnodes.compact_paragraph), None)
                if entry is None:
                    continue
                anchor = entry[0]["anchorname"]
                if number := ".".join(map(str, numbers.get(anchor) or ())):
                    yield Line(f"{number} {plain_title(entry)}", page_file(docname) + anchor, ())


def page_file(docname: str) -> str:
    """Return where a page lies in the package."""
    return f"{docname}.xhtml"


def navigation(lines: tuple[Line, ...], title: str) -> str:
    """Return the contents as the body of ``nav.xhtml``."""
    return (
        f'<nav epub:type="toc" id="toc" role="doc-toc">\n<h1>{escape(title)}</h1>\n'
        f"{_list(lines)}</nav>\n"
    )


def _list(lines: tuple[Line, ...]) -> str:
    items = ""
    for line in lines:
        words = escape(line.title)
        shown = f'<a href="{address(line.address)}">{words}</a>' if line.address else ""
        below = f"\n{_list(line.children)}" if line.children else ""
        items += f"<li>{shown or f'<span>{words}</span>'}{below}</li>\n"
    return f"<ol>\n{items}</ol>\n"


def address(place: str) -> str:
    """Return a place in the package as an address in an attribute."""
    return escape(quote(place, safe="/#:-_.~"))


def ncx(lines: tuple[Line, ...], identifier: str, title: str) -> str:
    """Return ``toc.ncx``."""
    points, _ = _points(lines, 0)
    depth = max(map(_depth, lines), default=1)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<ncx version="2005-1" xmlns="http://www.daisy.org/z3986/2005/ncx/">\n<head>\n'
        f'<meta name="dtb:uid" content="{escape(identifier)}"/>\n'
        f'<meta name="dtb:depth" content="{depth}"/>\n'
        '<meta name="dtb:totalPageCount" content="0"/>\n'
        '<meta name="dtb:maxPageNumber" content="0"/>\n</head>\n'
        f"<docTitle><text>{escape(title)}</text></docTitle>\n<navMap>\n{points}</navMap>\n</ncx>\n"
    )


def _depth(line: Line) -> int:
    return 1 + max(map(_depth, line.children), default=0)


def _points(lines: tuple[Line, ...], before: int, last: str = "") -> tuple[str, int]:
    """Return the points of some lines, and how many points there are now.

    The heading of a part leads where its first page does, and so counts as the same place.
    """
    text = ""
    for line in lines:
        before += 1
        here = line.address or next(line.addresses())
        below, after = _points(line.children, before)
        text += (
            f'<navPoint id="point-{before}">'
            f"<navLabel><text>{escape(line.title)}</text></navLabel>"
            f'<content src="{address(here)}"/>\n{below}</navPoint>\n'
        )
        before = after
    return text, before
