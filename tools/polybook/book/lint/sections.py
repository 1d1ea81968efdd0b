"""Numbers that two sections share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from polybook.book.book import Book, Page
from polybook.book.scheme import Number
from polybook.source import Diagnostic


def page_numbers(book: Book) -> dict[Number, Page]:
    """Return the pages by their numbers."""
    return {page.entry.number: page for page in book.pages if page.entry.number}


def check_numbers(book: Book, page: Page, pages: Mapping[Number, Page]) -> Iterator[Diagnostic]:
    """Report sections of a page whose number a page below it has as well."""
    numbers = book.numbering.numbers[page.docname]
    for target, number in zip(page.chapter.targets, numbers, strict=True):
        other = pages.get(number)
        if target.kind == "section" and other is not None and other is not page:
            dotted = ".".join(map(str, number))
            yield Diagnostic(
                page.path,
                page.chapter.lines.line_of(target.span.start) + 1,
                1,
                "ambiguous-number",
                f"the section '{target.title}' and the page {other.path} both have the number"
                f" {dotted}",
                "make the section a page, or give it no heading of its own",
                "warning",
            )
