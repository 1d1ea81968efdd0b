"""What an EPUB must hold, by the book, and whether it does: what was lost on the way fails."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree
from zipfile import ZipFile

import attrs
from docutils import nodes
from sphinx.environment import BuildEnvironment

from polybook.book import Book
from polybook.book.config import CONFIG_FILE
from polybook.publish.build import PublishError
from polybook.publish.epub.contents import page_file
from polybook.publish.epub.package import NAV, NCX
from polybook.publish.epub.page import addresses, parse_xml
from polybook.publish.open_mark import MARK, is_the_authors
from polybook.publish.panel import show_framework
from polybook.source import Diagnostic

# What authors call a node that has another name.
_KINDS = {"math_block": "equation", "container": "listing"}


@attrs.frozen
class Inventory:
    """What readers of one framework have of a book.

    Attributes:
        numbered: For each page's file the numbered things on it: what each is, by its id.
        sources: The chapter of each page's file.
        contents: Addresses of the lines of the contents.
        pictures: How many pictures each page's file shows.
        marked: The files of pages in which an author has written ``??``.
    """

    numbered: Mapping[str, Mapping[str, str]]
    sources: Mapping[str, str]
    contents: tuple[str, ...]
    pictures: Mapping[str, int]
    marked: frozenset[str]


def inventory_of(
    book: Book,
    env: BuildEnvironment,
    framework: str,
    contents: tuple[str, ...],
    pictures: Mapping[str, int],
) -> Inventory:
    """Return what the edition for a framework must hold."""
    numbered, sources = {}, {}
    for page in book.pages:
        file = page_file(page.docname)
        sources[file] = page.path
        numbered[file] = (
            numbered_on(env, page.docname, framework) if framework in page.frameworks else {}
        )
    marked = frozenset(page_file(each.docname) for each in book.pages if is_the_authors(each))
    return Inventory(numbered, sources, contents, pictures, marked)


def numbered_on(env: BuildEnvironment, docname: str, framework: str) -> dict[str, str]:
    """Return what each numbered thing of a page is, by its id, as the page was read."""
    tree = env.get_doctree(docname)
    show_framework(tree, framework)
    counted = {id for ids in env.toc_fignumbers.get(docname, {}).values() for id in ids}
    found: dict[str, str] = {}
    for node in tree.findall(nodes.Element):
        kind = _KINDS.get(node.tagname, node.tagname)
        if own := [each for each in node["ids"] if each in counted]:
            found.update(dict.fromkeys(own, kind))
    return found


def check_epub(file: Path, inventory: Inventory) -> None:
    """Check that an EPUB holds all that ``inventory`` names, and that its links lead somewhere.

    Raises:
        PublishError: Something is missing.
    """
    with ZipFile(file) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    lost = [
        Diagnostic(
            inventory.sources.get(place, CONFIG_FILE),
            1,
            1,
            "incomplete-epub",
            f"{file.name}: {message}",
        )
        for place, message in _missing(files, inventory)
    ]
    if lost:
        raise PublishError(*lost)


def _missing(files: Mapping[str, bytes], inventory: Inventory) -> Iterator[tuple[str, str]]:
    """Yield what is missing: the page and what is wrong with it."""
    pages = {name: parse_xml(data.decode()) for name, data in files.items() if _is_page(name)}
    ids = {name: {each.get("id") for each in tree.iter()} for name, tree in pages.items()}
    for page, numbered in inventory.numbered.items():
        if page not in pages:
            yield page, f"the page {page} is missing"
            continue
        for anchor, kind in numbered.items():
            if anchor not in ids[page]:
                yield page, f"the {kind} '{anchor}' is missing"
        shown = sum(each.tag == "img" for each in pages[page].iter())
        if shown < (expected := inventory.pictures.get(page, 0)):
            yield page, f"{page} shows {shown} pictures of {expected}"
    for place in (NAV, NCX):
        listed = {
            unquote(each) for each in addresses(parse_xml(files.get(place, b"<x/>").decode()))
        }
        for line in inventory.contents:
            if line not in listed:
                yield line.partition("#")[0], f"{place} does not name {line}"
    for name, tree in pages.items():
        for address in addresses(tree):
            if not _leads_somewhere(name, address, files, ids):
                yield name, f"{name} names {address}, which is not there"
        if name in inventory.sources and name not in inventory.marked and MARK in _prose(tree):
            yield name, f"{name} has a reference that was not resolved: '??'"


def _is_page(name: str) -> bool:
    return name.endswith(".xhtml")


def _leads_somewhere(
    page: str, address: str, files: Mapping[str, bytes], ids: Mapping[str, set[str | None]]
) -> bool:
    parts = urlsplit(address)
    if parts.scheme:
        return True
    place = unquote(parts.path)
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page), place)) if place else page
    if target not in files:
        return False
    return not parts.fragment or unquote(parts.fragment) in ids.get(target, ())


def _prose(tree: ElementTree.Element) -> str:
    """Return the text of a page without its code."""
    if tree.tag in ("pre", "code", "math", "svg"):
        return ""
    return (tree.text or "") + "".join(_prose(each) + (each.tail or "") for each in tree)
