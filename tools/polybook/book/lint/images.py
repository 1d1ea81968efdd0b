"""Pictures: that they are there, in the book's folder, and have words for those who cannot see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import attrs

from polybook.book.book import Book, Page
from polybook.book.lint.finding import column_of
from polybook.source import Diagnostic, Span

_DIRECTIVES = ("figure", "image")
_ALT = re.compile(r"^\s*:?alt:\s*\S")
_REMOTE = re.compile(r"^(https?:)?//", re.IGNORECASE)
_ELSEWHERE = re.compile(r"^(data:|{{)", re.IGNORECASE)


@attrs.frozen
class _Picture:
    """A picture, however it is written."""

    source: str
    line: int
    column: int
    described: bool
    mend: str


def check_images(book: Book, page: Page) -> Iterator[Diagnostic]:
    """Report pictures that are missing, remote or without alternative text."""
    here = (book.folder / page.path).parent
    for picture in _pictures(page):
        source = picture.source
        place = (page.path, picture.line, picture.column)
        if not picture.described:
            message = f"the picture {source} has no alternative text"
            yield Diagnostic(*place, "missing-alt-text", message, picture.mend, "warning")
        if _REMOTE.match(source):
            message = f"the picture {source} is not shown to readers without a network"
            mend = "put the file into the book's folder"
            yield Diagnostic(*place, "remote-image", message, mend, "warning")
        elif source and not _ELSEWHERE.match(source):
            path = book.folder / source[1:] if source.startswith("/") else here / source
            if not path.is_file() and not _has_formats(here, source):
                message = f"there is no file {source}"
                mend = "paths are relative to the chapter's folder"
                yield Diagnostic(*place, "missing-image", message, mend)


def _has_formats(here: Path, source: str) -> bool:
    # Sphinx takes the format that suits the output: `cat.*`.
    return source.endswith(".*") and any(here.glob(source))


def _pictures(page: Page) -> Iterator[_Picture]:
    chapter = page.chapter
    for image in chapter.images:
        column = chapter.lines.column_of((image.span or Span(0, 0)).start) + 1
        described = bool(image.caption.of(chapter.text).strip()) or not image.span
        mend = "say between the brackets what it shows"
        yield _Picture(image.source, image.line, column, described, mend)
    for directive in chapter.directives:
        if directive.name in _DIRECTIVES and directive.argument:
            described = any(_ALT.match(option) for option in directive.options)
            # A decorative picture may have an empty one.
            described = described or any(o.strip() == ":alt:" for o in directive.options)
            yield _Picture(
                unquote(directive.argument),
                directive.line,
                column_of(page, directive),
                described,
                "say what it shows in an option :alt:",
            )
