"""Which pages of the book a page refers its readers to."""

from __future__ import annotations

import posixpath

from polybook.book.book import Book, Page

_PAGES = (".md", ".html", ".ipynb")


def mentioned(book: Book, page: Page) -> frozenset[str]:
    """Return the docnames of the pages to which ``page`` refers by label, name or link."""
    found = set()
    labels = []
    for link in page.chapter.links:
        path, _, anchor = link.target.partition("#")
        found.add(linked(page, path))
        # MyST also takes a label for a link's target.
        labels += [path, anchor]
    for reference in page.chapter.references:
        if reference.role == "doc":
            found.add(linked(page, reference.target))
        else:
            labels.append(reference.target)
    found.update(label.docname for name in labels if (label := book.numbering.find(name)))
    return frozenset(name for name in found if book.page(name))


def linked(page: Page, path: str) -> str:
    """Return the docname of the page that ``path`` would be, written in a link on ``page``."""
    name = linked_file(page, path)
    stem, suffix = posixpath.splitext(name)
    return stem if suffix in _PAGES else name


def linked_file(page: Page, path: str) -> str:
    """Return what ``path`` means in a link on ``page``, relative to the book's folder."""
    folder = "" if path.startswith("/") else posixpath.dirname(page.path)
    return posixpath.normpath(posixpath.join(folder, path.lstrip("/")))
