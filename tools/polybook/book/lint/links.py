"""Markdown links within the book."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from docutils.nodes import make_id

from polybook.book.book import Book, Page
from polybook.book.lint.labels import BUILT_IN
from polybook.book.mentions import linked, linked_file
from polybook.source import Diagnostic
from polybook.source.link import Link
from polybook.source.suggestion import did_you_mean

# Pages in these formats are Sphinx's alone.
_OTHER_PAGES = (".ipynb", ".rst")
_SCHEME = re.compile(r"^([a-z][a-z0-9+.-]*:|//|{{)", re.IGNORECASE)
_ANCHOR = re.compile(r"""<[a-z][^>]*\s(?:id|name)\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_NO_WORD = re.compile(r"[^\w\s-]")


def check_links(book: Book, page: Page) -> Iterator[Diagnostic]:
    """Report relative links whose file, page or anchor does not exist."""
    anchors: set[str] | None = None
    for link in page.chapter.links:
        path, _, anchor = link.target.partition("#")
        path = path.partition("?")[0]
        if _SCHEME.match(link.target) or not (path or anchor):
            continue
        if path:
            yield from _file(book, page, link, path)
        elif book.numbering.find(anchor) is None:
            anchors = _anchors(page) if anchors is None else anchors
            if anchor.lower() not in anchors:
                mend = did_you_mean(anchor, [*book.numbering.labels, *sorted(anchors)])
                yield _dead(page, link, f"this page has no anchor '{anchor}'", mend)


def _file(book: Book, page: Page, link: Link, path: str) -> Iterator[Diagnostic]:
    name, docname = linked_file(page, path), linked(page, path)
    if book.page(docname) or docname in BUILT_IN:
        return
    if any((book.folder / f"{docname}{other}").is_file() for other in _OTHER_PAGES):
        return
    if name.endswith(".md") and (book.folder / name).is_file():
        mend = "name it in _toc.yml, or link to another place"
        yield _dead(page, link, f"{name} is no page of the book", mend)
        return
    # MyST also takes a label for a link's target.
    if (book.folder / name).exists() or book.numbering.find(path):
        return
    folder = "" if path.startswith("/") else posixpath.dirname(page.path)
    pages = [posixpath.relpath(each.path, folder or ".") for each in book.pages]
    mend = did_you_mean(path, pages) or "paths are relative to the chapter's folder"
    yield _dead(page, link, f"there is no file {path}", mend)


def _dead(page: Page, link: Link, message: str, mend: str) -> Diagnostic:
    return Diagnostic(page.path, link.line, link.column, "dead-link", message, mend)


def _anchors(page: Page) -> set[str]:
    """Return the anchors of a page, in lower case: of its headings and in its HTML."""
    chapter = page.chapter
    found = set()
    for target in chapter.targets:
        found.update(target.names)
        if target.kind == "section":
            # As Sphinx makes them, and as MyST does on request.
            found.add(make_id(target.title))
            words = _NO_WORD.sub("", target.title.lower().strip())
            found.add(re.sub(r"\s", "-", words))
    for token in chapter.tokens:
        for each in (token, *(token.children or [])):
            if each.type in ("html_block", "html_inline"):
                found.update(_ANCHOR.findall(each.content))
    return {name.lower() for name in found}
