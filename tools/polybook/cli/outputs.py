"""Where the outputs of a book are made and kept: its environments and its store."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import attrs

from polybook.book import Book
from polybook.book.sharing import KEY_VARIABLE
from polybook.execution.environments import Environment, environments_of
from polybook.execution.keys import Keys
from polybook.execution.store import Store
from polybook.source import BookError, Diagnostic
from polybook.source.suggestion import did_you_mean


def chosen_environments(book: Book, framework: str | None) -> dict[str, Environment]:
    """Return the environments of all frameworks, or of the one that was named.

    Raises:
        BookError: The book has no such framework.
    """
    every = environments_of(book)
    if framework is None:
        return every
    if framework not in every:
        raise BookError(
            Diagnostic(
                "_config.yml",
                1,
                1,
                "unknown-framework",
                f"the book has no framework '{framework}'",
                did_you_mean(framework, every, "its frameworks are"),
            )
        )
    return {framework: every[framework]}


def open_store(book: Book) -> Store:
    """Return the store of ``book`` on this machine; it says on the screen what it cannot read."""
    return Store(book.build / "store", warn=_warn)


def open_shared_store(book: Book) -> Store:
    """Return the store of ``book``, joined to the one that others share if there is one.

    For what runs notebooks: what the shared store has need not run, and what
    runs is signed and handed on as the book and the environment say.

    Raises:
        BookError: The shared store or the key to sign with cannot be used.
    """
    store = open_store(book)
    # Who shares nothing does not wait for the packages that sharing takes.
    sharing = book.config.sharing.overridden(os.environ)
    if sharing.url:
        from polybook.execution.shared import SharedStore

        store = attrs.evolve(store, shared=SharedStore(sharing, _warn))
    if key := os.environ.get(KEY_VARIABLE):
        from polybook.execution.signature import load_signer

        store = attrs.evolve(store, signer=load_signer(Path(key)))
    return store


def _warn(finding: Diagnostic) -> None:
    print(finding, file=sys.stderr)


def missing_outputs(keys: Keys) -> tuple[int, int]:
    """Return how many notebooks of a book have no outputs to show, and how many there are.

    A chapter that is a notebook brings outputs along; the store's take their place.
    """
    store = open_store(keys.book)
    notebooks = [
        (page, framework)
        for page in keys.book.pages
        for framework in page.frameworks
        if keys.cells(page, framework)
    ]
    missing = [
        store.get(page.path, framework, key) is None
        and not any(each.cell.line in page.outputs for each in keys.cells(page, framework))
        for (page, framework), key in zip(notebooks, keys.of_all(notebooks), strict=True)
    ]
    return sum(missing), len(missing)
