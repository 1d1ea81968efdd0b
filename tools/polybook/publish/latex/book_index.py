"""What the index of the printed book names beside the authors' own entries.

The names that cells define for the book's library, where they are defined, and the terms of a
glossary, where the text introduces them or refers to them; Sphinx has entries for the glossary
itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

from docutils import nodes
from sphinx import addnodes
from sphinx.environment import BuildEnvironment

from polybook.library import Library, Symbol

INDEX = "polybook_index"
"""Attribute of a cell's code: its entries in the index, in LaTeX."""

# Imports are how a library is made, not what it offers.
_OFFERED = ("function", "class", "method", "assignment")


def index_symbols(
    page: nodes.document, path: str, library: Library, escape: Callable[[str], str]
) -> None:
    """Note at each cell which names it defines for the library.

    A name whose cell is hidden stands at the cell before it.

    Args:
        page: The page, resolved for the framework of the library.
        path: The chapter's file.
        library: The framework's library.
        escape: Makes text LaTeX.
    """
    cells = [each for each in page.findall(nodes.literal_block) if _is_code(each)]
    cells.sort(key=lambda each: each.line or 0)
    lines = [each.line or 0 for each in cells]
    package = library.module.partition(".")[0]
    for symbol in library.symbols:
        at = bisect_right(lines, symbol.line) - 1
        # A library may name itself, as its cells name it.
        offered = symbol.kind in _OFFERED and symbol.name != package
        if symbol.path == path and offered and at >= 0:
            entry = _symbol(symbol, package, escape)
            cells[at][INDEX] = cells[at].get(INDEX, "") + rf"\index{{{entry}|textbf}}"


def index_terms(page: nodes.document, env: BuildEnvironment) -> None:
    """Put an entry beside each reference to a term of a glossary, and where it is introduced.

    Books set a term in italics where they introduce it, often in the plural.
    """
    terms = {
        f"%{docname}#{anchor}": name
        for name, _, kind, docname, anchor, _ in env.get_domain("std").get_objects()
        if kind == "term"
    }
    names = {name.casefold() + ending: name for ending in ("s", "") for name in terms.values()}
    for each in list(page.findall(nodes.reference)):
        uri = each.get("refuri") or f"%{page['docname']}#{each.get('refid')}"
        if uri in terms:
            _enter(terms[uri], each)
    for each in list(page.findall(nodes.emphasis)):
        name = names.get(" ".join(each.astext().split()).casefold())
        if name:
            _enter(name, each)


def _enter(name: str, node: nodes.Node) -> None:
    entry = addnodes.index(entries=[("single", name, "", "", None)], inline=True)
    node.parent.insert(node.parent.index(node), entry)


def _is_code(node: nodes.literal_block) -> bool:
    return isinstance(node.parent, nodes.Element) and "cell_input" in node.parent.get("classes", ())


def _symbol(symbol: Symbol, package: str, escape: Callable[[str], str]) -> str:
    """Return an entry that is sorted by name; methods stand below their class."""
    owner, _, method = symbol.qualified.partition(".")
    entry = rf"{owner}@\texttt{{{escape(f'{package}.{owner}')}}}"
    return rf"{entry}!{method}@\texttt{{{escape(method)}}}" if method else entry
