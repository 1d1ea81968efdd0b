"""Building the EPUB of each framework: made aside, checked against the book, renamed into place."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import attrs
from filelock import FileLock

from polybook.execution.keys import Keys
from polybook.publish.build import sphinx_app
from polybook.publish.epub.inventory import Inventory, check_epub
from polybook.publish.formats import EPUB
from polybook.publish.panel import EDITION
from polybook.publish.project import prepared


@attrs.frozen
class Edition:
    """A finished EPUB.

    Attributes:
        file: Where it lies.
        inventory: What it holds.
    """

    file: Path
    inventory: Inventory


def build_epub(keys: Keys, frameworks: Sequence[str], echo: Callable[[str], None]) -> list[Edition]:
    """Build the EPUB of each framework into the book's ``_build/epub``.

    If anything fails the last good file stays; one whose content is the same is not touched.

    Args:
        keys: The keys of a book with no errors in it.
        frameworks: Names of the frameworks.
        echo: Takes the lines of Sphinx's warnings.

    Raises:
        PublishError: Sphinx failed, or something is missing.
    """
    book = keys.book
    # The trees are the website's: what it must not read again, it must not write either.
    book.build.mkdir(exist_ok=True)
    with FileLock(book.build / "html.lock"), prepared(keys):
        return [_build(keys, name, echo) for name in frameworks]


def _build(keys: Keys, framework: str, echo: Callable[[str], None]) -> Edition:
    book = keys.book
    aside = book.build / "epub-pages"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        workers, settings = len(os.sched_getaffinity(0)), {EDITION: framework}
        trees = book.build / "doctrees"
        with sphinx_app(book, aside, trees, echo, workers, EPUB, settings) as app:
            app.build(force_all=True)
            made, inventory = app.builder.file, app.builder.inventory  # type: ignore[attr-defined]
        check_epub(made, inventory)
        place = book.build / "epub" / made.name
        place.parent.mkdir(exist_ok=True)
        if not (place.is_file() and place.read_bytes() == made.read_bytes()):
            os.replace(made, place)
        return Edition(place, inventory)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
