"""What a PDF must hold, by the book, and whether it does: what was lost on the way fails."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs
from pypdf import PdfReader
from pypdf.generic import Destination
from sphinx.environment import BuildEnvironment

from polybook.book import Book
from polybook.book.config import CONFIG_FILE
from polybook.publish.build import PublishError
from polybook.publish.epub.inventory import numbered_on
from polybook.publish.latex.translator import anchor_name
from polybook.source import Diagnostic

_UNDEFINED = re.compile(r"^LaTeX Warning: (?:Hyper r|R)eference [`'](.+?)' .*undefined", re.M)


@attrs.frozen
class Inventory:
    """What readers of one framework have of a book on paper.

    Attributes:
        places: What each named place is, and the chapter that it comes from.
        numbers: The numbers of the chapters and sections that are pages, in order.
    """

    places: Mapping[str, tuple[str, str]]
    numbers: tuple[str, ...]


def inventory_of(book: Book, env: BuildEnvironment, framework: str) -> Inventory:
    """Return what the edition for a framework must hold."""
    places, numbers = {}, []
    for page in book.pages:
        places[anchor_name(page.docname, "")] = ("page", page.path)
        number = ".".join(map(str, env.toc_secnumbers.get(page.docname, {}).get("") or ()))
        numbers += [number] if number else []
        if framework in page.frameworks:
            for anchor, kind in numbered_on(env, page.docname, framework).items():
                places[anchor_name(page.docname, anchor)] = (f"{kind} '{anchor}'", page.path)
    return Inventory(places, tuple(numbers))


def check_pdf(file: Path, log: str, inventory: Inventory) -> None:
    """Check that a PDF holds all that ``inventory`` names, and that no reference is open.

    Raises:
        PublishError: Something is missing.
    """
    reader = PdfReader(file)
    found = set(reader.named_destinations)
    lost = [
        _lost(path, f"the PDF lacks the {what}")
        for name, (what, path) in inventory.places.items()
        if name not in found
    ]
    listed = {title.split(" ")[0] for title in _titles(reader.outline)}
    lost += [
        _lost(CONFIG_FILE, f"the PDF's outline lacks the entry {number}")
        for number in inventory.numbers
        if number not in listed
    ]
    lost += [
        _lost(CONFIG_FILE, f"a reference leads nowhere: {name}")
        for name in dict.fromkeys(_UNDEFINED.findall(log))
    ]
    if lost:
        raise PublishError(*lost)


def _lost(path: str, message: str) -> Diagnostic:
    return Diagnostic(path, 1, 1, "incomplete-pdf", message)


def _titles(outline: list[Destination | list]) -> Iterator[str]:  # type: ignore[type-arg]
    for each in outline:
        if isinstance(each, list):
            yield from _titles(each)
        else:
            yield str(each.title)
