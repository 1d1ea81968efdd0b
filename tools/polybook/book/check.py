"""Book-wide checks: what no single chapter can know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from polybook.book.bibliography import duplicate_keys
from polybook.book.book import Book, Page
from polybook.book.ipynb import SUFFIX
from polybook.book.lint.coverage import check_coverage
from polybook.book.lint.files import check_files
from polybook.book.lint.images import check_images
from polybook.book.lint.labels import check_duplicates, check_references
from polybook.book.lint.links import check_links
from polybook.book.lint.sections import check_numbers, page_numbers
from polybook.book.lint.settings import check_settings
from polybook.book.lint.titles import check_titles
from polybook.book.scheme import Number
from polybook.source import BookError, Diagnostic


def check(book: Book) -> list[Diagnostic]:
    """Return everything that is wrong in the book, in the order of its pages.

    Findings that the authors ignore are among them; see :class:`Ignores`.
    """
    found: list[Diagnostic] = []
    try:
        works = frozenset(book.bibliography)
    except BookError as error:
        found += error.diagnostics
        works = None
    found += _environments(book)
    found += _unpublished(book)
    if works is not None:
        found += duplicate_keys(book.folder, book.config.bibliographies)
    numbers = page_numbers(book)
    for page in book.pages:
        found += _in_page(book, page, works, numbers)
    return found


def _unpublished(book: Book) -> Iterator[Diagnostic]:
    launch = book.config.website.launch
    if not launch.services or launch.notebooks:
        return
    if any(page.chapter.cells and not page.path.endswith(SUFFIX) for page in book.pages):
        names = ", ".join(name for name, _ in launch.services)
        yield Diagnostic(
            "_config.yml",
            launch.line,
            1,
            "unpublished-notebooks",
            f"pages written in Markdown have no button for {names}: "
            "it is not known where their notebooks are published",
            "name the place as polybook: launch: notebooks, or leave the service out",
            "warning",
        )


def check_page(book: Book, page: Page) -> list[Diagnostic]:
    """Return what is wrong in one page of the book; its works are not checked if they are unread.

    Findings that the authors ignore are among them, as in :func:`check`.
    """
    try:
        works = frozenset(book.bibliography)
    except BookError:
        works = None
    return _in_page(book, page, works, page_numbers(book))


def _in_page(
    book: Book,
    page: Page,
    works: frozenset[str] | None,
    numbers: Mapping[Number, Page],
) -> list[Diagnostic]:
    return sorted(
        [
            *page.chapter.diagnostics,
            *check_settings(book, page),
            *check_references(book, page, works),
            *check_images(book, page),
            *check_files(book, page),
            *check_titles(page),
            *check_links(book, page),
            *check_coverage(book, page),
            *check_numbers(book, page, numbers),
            *check_duplicates(book, page),
        ]
    )


def _environments(book: Book) -> Iterator[Diagnostic]:
    for framework in book.config.frameworks:
        if framework.environment and not (book.folder / framework.environment).is_file():
            yield Diagnostic(
                "_config.yml",
                framework.environment_line,
                1,
                "missing-file",
                f"the environment file {framework.environment} is missing",
                "write the framework's pinned requirements there",
            )
