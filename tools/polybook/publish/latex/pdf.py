"""PDFs: an edition for each framework."""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

import attrs

from polybook.book import Book
from polybook.execution.keys import Keys
from polybook.publish.build import sphinx_app
from polybook.publish.latex.builder import NAME
from polybook.publish.latex.compile import compile_book, require_tex
from polybook.publish.panel import EDITION
from polybook.publish.project import prepared


@attrs.frozen
class Edition:
    """A finished PDF.

    Attributes:
        framework: Its framework.
        pdf: The file.
        passes: How many passes of XeLaTeX it took.
        overfull: By how many points lines stand out.
    """

    framework: str
    pdf: Path
    passes: int
    overfull: tuple[float, ...]


def build_pdfs(
    keys: Keys, frameworks: Sequence[str], echo: Callable[[str], None]
) -> list[Edition]:
    """Build a PDF for each of ``frameworks`` into the book's ``_build/pdf``.

    Raises:
        PublishError: TeX is missing, or Sphinx or TeX failed.
    """
    require_tex()
    return [_build(keys, each, echo) for each in frameworks]


def _build(keys: Keys, framework: str, echo: Callable[[str], None]) -> Edition:
    book = keys.book
    work = book.build / "latex" / framework
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    doctrees = book.build / "doctrees"
    settings = {EDITION: framework}
    with (
        prepared(keys),
        sphinx_app(book, work, doctrees, echo, 1, builder=NAME, settings=settings) as app,
    ):
        app.build()
    compiled = compile_book(work, {page.docname: page.path for page in book.pages})
    target = book.build / "pdf" / f"{slug(book)}-{framework}.pdf"
    target.parent.mkdir(parents=True, exist_ok=True)
    compiled.pdf.replace(target)
    return Edition(framework, target, compiled.passes, tuple(compiled.overfull))


def slug(book: Book) -> str:
    """Return the book's title as the name of a file."""
    plain = unicodedata.normalize("NFKC", book.config.title or "book").lower()
    return re.sub(r"[\W_]+", "-", plain).strip("-") or "book"
