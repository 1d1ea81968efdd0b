"""What a PDF must hold, by the book, and whether it does: what was lost on the way fails."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs
from pypdf import PageObject, PdfReader
from pypdf.generic import Destination
from sphinx.environment import BuildEnvironment

from polybook.book import Book
from polybook.book.config import CONFIG_FILE
from polybook.publish.build import PublishError
from polybook.publish.epub.inventory import numbered_on
from polybook.publish.latex.open_reference import open_references
from polybook.publish.latex.translator import anchor_name
from polybook.publish.open_mark import is_the_authors
from polybook.side_process import both, worth_sharing
from polybook.source import Diagnostic

_PAINTED = re.compile(rb"(/[^\s/]+)\s+Do\b")
_UNDEFINED = re.compile(r"^LaTeX Warning: (?:Hyper r|R)eference [`'](.+?)' .*undefined", re.M)


@attrs.frozen
class Inventory:
    """What readers of one framework have of a book on paper.

    Attributes:
        places: What each named place is, and the chapter that it comes from.
        numbers: The numbers of the chapters and sections, in order.
        pictures: How many pictures its pages show.
        has_marks: Whether an author has written ``??`` somewhere.
    """

    places: Mapping[str, tuple[str, str]]
    numbers: tuple[str, ...]
    pictures: int = 0
    has_marks: bool = False


def inventory_of(book: Book, env: BuildEnvironment, framework: str, pictures: int) -> Inventory:
    """Return what the edition for a framework must hold.

    Args:
        book: The book.
        env: What Sphinx knows of it.
        framework: Whose edition it is.
        pictures: How many pictures were written.
    """
    places, numbers = {}, []
    for page in book.pages:
        places[anchor_name(page.docname, "")] = ("page", page.path)
        counted = env.toc_secnumbers.get(page.docname, {})
        # A page that is not written for the framework has its title alone.
        shown = counted.values() if framework in page.frameworks else [counted.get("")]
        numbers += [".".join(map(str, number)) for number in shown if number]
        if framework in page.frameworks:
            for anchor, kind in numbered_on(env, page.docname, framework).items():
                places[anchor_name(page.docname, anchor)] = (f"{kind} '{anchor}'", page.path)
    has_marks = any(map(is_the_authors, book.pages))
    return Inventory(places, tuple(numbers), pictures, has_marks)


def check_pdf(file: Path, log: str, inventory: Inventory) -> None:
    """Check that a PDF holds all that ``inventory`` names, and that no reference is open.

    Raises:
        PublishError: Something is missing.
    """
    held = _held(PdfReader(file))
    lost = [
        _lost(path, f"the PDF lacks the {what}")
        for name, (what, path) in inventory.places.items()
        if name not in held.places
    ]
    lost += [
        _lost(CONFIG_FILE, f"the PDF's outline lacks the entry {number}")
        for number in inventory.numbers
        if number not in held.numbers
    ]
    lost += [
        _lost(CONFIG_FILE, f"a reference leads nowhere: {name}")
        for name in dict.fromkeys(_UNDEFINED.findall(log))
    ]
    if not inventory.has_marks:
        lost += [
            _lost(CONFIG_FILE, f"sheet {number} of the PDF has a reference without a number: '??'")
            for number in held.open_on
        ]
    if held.pictures < inventory.pictures:
        count = f"{held.pictures} pictures of {inventory.pictures}"
        lost.append(_lost(CONFIG_FILE, f"the PDF shows {count}"))
    if lost:
        raise PublishError(*lost)


@attrs.frozen
class _Held:
    """What a PDF holds: named places, numbers in its outline, pages with ``??``, pictures."""

    places: frozenset[str]
    numbers: frozenset[str]
    open_on: tuple[int, ...]
    pictures: int


def _held(reader: PdfReader) -> _Held:
    """Look through a PDF, its pages in two processes if they are many."""
    pages = list(enumerate(reader.pages, 1))

    def look(numbered: list[tuple[int, PageObject]]) -> tuple[list[int], int]:
        return [*open_references(numbered)], sum(_pictures(page) for _, page in numbered)

    def rest() -> tuple[frozenset[str], frozenset[str], tuple[list[int], int]]:
        numbers = {title.split(" ")[0] for title in _titles(reader.outline)}
        return frozenset(reader.named_destinations), frozenset(numbers), look(pages[:here])

    # What leads to the pages takes about as long as a quarter of them.
    here = len(pages) * 3 // 8
    if worth_sharing(len(pages)):
        (places, numbers, (first, some)), (last, more) = both(rest, lambda: look(pages[here:]))
    else:
        (places, numbers, (first, some)), (last, more) = rest(), look(pages[here:])
    return _Held(places, numbers, (*first, *last), some + more)


def _pictures(page: PageObject) -> int:
    """Return how many pictures and drawings a page paints, each as often as it does."""
    held = page["/Resources"].get("/XObject")
    content = page.get_contents()
    if not held or content is None:
        return 0
    there = {name for name, each in held.get_object().items() if each.get_object() is not None}
    return sum(name.decode() in there for name in _PAINTED.findall(content.get_data()))


def _lost(path: str, message: str) -> Diagnostic:
    return Diagnostic(path, 1, 1, "incomplete-pdf", message)


def _titles(outline: list[Destination | list]) -> Iterator[str]:  # type: ignore[type-arg]
    for each in outline:
        if isinstance(each, list):
            yield from _titles(each)
        else:
            yield str(each.title)
