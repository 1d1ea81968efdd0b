"""What a chapter's front matter says."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from polybook.book.book import Book, Page, declared_frameworks
from polybook.book.needs import NEEDS
from polybook.source import Diagnostic
from polybook.source.suggestion import did_you_mean

# Those that polybook reads; all others are MyST's or Sphinx's.
SETTINGS = ("frameworks", *NEEDS)
# So close that it is hardly another word: `times`, but neither `title` nor `date`.
_CLOSE = 0.8


def check_settings(book: Book, page: Page) -> Iterator[Diagnostic]:
    """Report unknown frameworks, misspelt settings, and needs that cannot be met."""
    for name in declared_frameworks(page.chapter) or []:
        if name not in book.config.framework_names:
            message = f"the book has no framework '{name}'"
            mend = did_you_mean(name, book.config.framework_names, "its frameworks are")
            line = _line_of_key(page, "frameworks")
            yield Diagnostic(page.path, line, 1, "unknown-framework", message, mend)
    for each in page.misread:
        line = _line_of_key(page, each.key)
        yield Diagnostic(page.path, line, 1, "invalid-need", each.message, each.suggestion)
    for path in page.needs.data:
        if not (book.folder / path).exists():
            line = _line_of_key(page, "data")
            mend = "paths are relative to the chapter's folder"
            yield Diagnostic(page.path, line, 1, "missing-data", f"there is no file {path}", mend)
    for key in map(str, page.chapter.front_matter):
        if key in SETTINGS:
            continue
        if close := get_close_matches(key.lower(), SETTINGS, n=1, cutoff=_CLOSE):
            message = f"polybook does not know the setting '{key}'"
            mend = f"did you mean '{close[0]}'?"
            line = _line_of_key(page, key)
            yield Diagnostic(page.path, line, 1, "unknown-setting", message, mend, "warning")


def _line_of_key(page: Page, key: str) -> int:
    lines = page.chapter.lines
    for number in range(len(lines)):
        if lines.content(number).startswith(f"{key}:"):
            return number + 1
    return 1
