"""Formulas that are typeset while a book is still being made ready for Sphinx.

Its chapters tell nearly all of them. Where another core has nothing to do, MathJax begins with
these; whatever Sphinx then finds that is not among them is typeset when all pages are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from markdown_it.token import Token

from polybook.book import Book
from polybook.publish.formula import Formula, displayed, page_requests
from polybook.publish.mathjax_settings import mathjax_settings
from polybook.publish.typesetter import Batch, Request, Typeset, TypesetterError
from polybook.side_process import can_share

#: Name of the file beside the doctrees that keeps what has been typeset.
STORE = "mathematics.json"
# Fewer are typeset in no time when all pages are read.
_WORTH_BEGINNING = 200


class Foreseen:
    """Formulas that MathJax has begun with.

    Args:
        settings: The book's, as far as its configuration tells.
        pages: The formulas of each page.
    """

    def __init__(self, settings: Mapping[str, Any], pages: Sequence[Sequence[Request]]) -> None:
        self._settings = settings
        self._batch = Batch(settings, pages)

    def result(self, settings: Mapping[str, Any]) -> tuple[str, dict[Request, Typeset]]:
        """Return the whole style sheet, and what has become of the formulas.

        Both are empty if the book has other ``settings``, or if MathJax has failed: whoever asks
        it again is told why.
        """
        if settings != self._settings:
            return "", {}
        try:
            return self._batch.result()
        except TypesetterError:
            return "", {}

    def close(self) -> None:
        """End what still runs."""
        self._batch.close()


FORESEEN: ContextVar[Foreseen | None] = ContextVar("foreseen", default=None)


@contextmanager
def foreseeing(book: Book) -> Iterator[None]:
    """Typeset a book's formulas, if no build before has, while other things are done inside."""
    foreseen = _begin(book)
    token = FORESEEN.set(foreseen)
    try:
        yield
    finally:
        FORESEEN.reset(token)
        if foreseen is not None:
            foreseen.close()


def _begin(book: Book) -> Foreseen | None:
    settings = mathjax_settings(book.config.mathjax)
    numbered = settings["tex"].get("tags", "none") != "none"
    if (book.build / "doctrees" / STORE).exists() or not can_share():
        return None
    known: set[Request] = set()
    pages = []
    for page in book.pages:
        requests = dict.fromkeys(page_requests([*_formulas(page.chapter.tokens)], numbered))
        pages.append([each for each in requests if each not in known])
        known.update(requests)
    return Foreseen(settings, pages) if len(known) >= _WORTH_BEGINNING else None


def _formulas(tokens: Iterable[Token]) -> Iterator[Formula]:
    """Yield the formulas of a page in their order, as its renderer makes them of tokens."""
    for token in tokens:
        if token.type in ("math_inline", "math_single"):
            yield token.content, False
        elif token.type in ("math_block", "math_block_label", "math_inline_double"):
            yield displayed(token.content.strip("\n"), nowrap=False)
        elif token.type == "amsmath":
            yield displayed(token.content, nowrap=True)
        yield from _formulas(token.children or ())
