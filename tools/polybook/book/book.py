"""The book: configuration, table of contents and parsed chapters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs
from myst_parser.config.main import MdParserConfig

from polybook.book.bibliography import Work, load_bibliography
from polybook.book.chapters import Chapters
from polybook.book.config import BUILD_FOLDER, Config, load_config
from polybook.book.ipynb import SUFFIX, read_ipynb
from polybook.book.needs import NO_NEEDS, Misread, Needs, read_needs
from polybook.book.numbering import Numbering, number_pages
from polybook.book.toc import TOC_FILE, Entry, load_toc
from polybook.source import BookError, Cell, Chapter, Diagnostic, parse


@attrs.frozen(eq=False)
class Page:
    """A chapter at its place in the book.

    Attributes:
        entry: Its line in the table of contents.
        chapter: The parsed file.
        frameworks: Those for which the page exists, in the book's order.
        outputs: The outputs that a chapter brings along, as a notebook does,
            by the line of the cell.
        needs: What its notebooks need in order to run.
        misread: Needs in its front matter that cannot be read.
    """

    entry: Entry
    chapter: Chapter
    frameworks: tuple[str, ...]
    outputs: Mapping[int, Sequence[Mapping[str, Any]]] = attrs.field(factory=dict)
    needs: Needs = NO_NEEDS
    misread: tuple[Misread, ...] = ()

    @classmethod
    def of(
        cls,
        entry: Entry,
        chapter: Chapter,
        config: Config,
        outputs: Mapping[int, Sequence[Mapping[str, Any]]] | None = None,
    ) -> Page:
        """Return the page that ``chapter`` is in a book with this configuration."""
        folder = entry.path.rpartition("/")[0]
        needs, misread = read_needs(chapter.front_matter, config.needs, folder)
        names = page_frameworks(chapter, config.framework_names)
        return cls(entry, chapter, names, outputs or {}, needs, misread)

    @property
    def path(self) -> str:
        """The chapter's file relative to the book."""
        return self.entry.path

    @property
    def docname(self) -> str:
        """The path without its suffix, as Sphinx names pages."""
        return self.entry.docname

    @property
    def stem(self) -> str:
        """Where the page's notebooks lie below a framework's folder, without suffix."""
        return self.entry.docname

    def cells(self, framework: str) -> tuple[Cell, ...]:
        """Return the cells that ``framework`` runs, in order."""
        if framework not in self.frameworks:
            return ()
        return tuple(cell for cell in self.chapter.cells if framework in cell.frameworks)


@attrs.define(eq=False, slots=False)
class Book:
    """A book, loaded.

    Attributes:
        folder: The folder that holds ``_config.yml``.
        config: What polybook takes from it.
        pages: In the order of ``_toc.yml``.
    """

    folder: Path
    config: Config
    pages: tuple[Page, ...]

    @property
    def build(self) -> Path:
        """The folder for everything that is made."""
        return self.folder / BUILD_FOLDER

    @cached_property
    def numbering(self) -> Numbering:
        """The numbers of everything that has one, and the labels."""
        return number_pages([(page.entry, page.chapter) for page in self.pages])

    @cached_property
    def bibliography(self) -> dict[str, Work]:
        """The works that can be cited, by key.

        Raises:
            BookError: A BibTeX file is missing or malformed.
        """
        return load_bibliography(self.folder, self.config.bibliographies)

    def with_page(self, page: Page) -> Book:
        """Return the book with ``page`` in place of the one at the same line of the contents."""
        pages = tuple(page if each.docname == page.docname else each for each in self.pages)
        new = attrs.evolve(self, pages=pages)
        if "bibliography" in self.__dict__:
            # No page has a part in it.
            new.__dict__["bibliography"] = self.bibliography
        return new

    @cached_property
    def _by_docname(self) -> dict[str, Page]:
        return {page.docname: page for page in self.pages}

    def page(self, docname: str) -> Page | None:
        """Return the page that Sphinx calls ``docname``; ``None`` if it is not the book's."""
        return self._by_docname.get(docname)


def load_book(folder: Path, myst: MdParserConfig | None = None) -> Book:
    """Load the book in ``folder``.

    Args:
        folder: Holds ``_config.yml``, ``_toc.yml`` and the chapters.
        myst: Settings of the MyST parser; by default those of the book.

    Raises:
        BookError: The configuration or the table of contents is wrong, or a
            chapter cannot be read. What is wrong *inside* chapters is found
            by :func:`polybook.book.check.check`.
    """
    # Kernels and Sphinx work in other folders than the one where we were called.
    folder = folder.resolve()
    config = load_config(folder)
    entries = load_toc(folder, config.continuous)
    read = [_read(folder, entry) for entry in entries]
    kept = Chapters(
        folder / BUILD_FOLDER, config.framework_names, myst or config.myst, config.untagged
    )
    chapters = kept.parse_all(
        [(text, entry.path) for entry, (text, _) in zip(entries, read, strict=True)]
    )
    pages = (
        Page.of(entry, chapter, config, outputs)
        for entry, chapter, (_, outputs) in zip(entries, chapters, read, strict=True)
    )
    return Book(folder, config, tuple(pages))


def load_page(
    folder: Path, entry: Entry, config: Config, myst: MdParserConfig | None = None
) -> Page:
    """Read and parse one chapter.

    Args:
        folder: The book's folder.
        entry: The chapter's line in the table of contents.
        config: What polybook takes from the book's configuration.
        myst: Settings of the MyST parser; by default those of the book.

    Raises:
        BookError: The file cannot be read.
    """
    myst = myst or config.myst
    text, outputs = _read(folder, entry)
    chapter = parse(text, entry.path, config.framework_names, myst, config.untagged)
    return Page.of(entry, chapter, config, outputs)


def _read(folder: Path, entry: Entry) -> tuple[str, Mapping[int, Sequence[Mapping[str, Any]]]]:
    """Return a chapter's text and the outputs that it brings along."""
    try:
        # Bytes first: text mode would turn the author's line ends into \n.
        text = (folder / entry.path).read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BookError(
            Diagnostic(
                TOC_FILE,
                entry.line,
                1,
                "unreadable-file",
                f"{entry.path} cannot be read: {error}",
                "chapters are UTF-8 text",
            )
        ) from None
    if not entry.path.endswith(SUFFIX):
        return text, {}
    notebook = read_ipynb(text, entry.path)
    return notebook.text, notebook.outputs


def page_frameworks(chapter: Chapter, frameworks: tuple[str, ...]) -> tuple[str, ...]:
    """Return the frameworks for which a page exists, in the book's order.

    The front matter decides if it names them. Otherwise a page without cells
    exists for all, and a page with cells for the frameworks that its cells
    and tab blocks name, a cell without a pragma naming the default; if they
    name none, for all.
    """
    declared = declared_frameworks(chapter)
    if declared is not None:
        return tuple(name for name in frameworks if name in declared)
    if not chapter.cells:
        return frameworks
    named: set[str] = set()
    for cell in chapter.cells:
        if cell.pragma != ("all",):
            named.update(cell.frameworks)
    for block in chapter.tab_blocks:
        if block.names != ("all",):
            named.update(block.frameworks)
    return tuple(name for name in frameworks if name in named) or frameworks


def declared_frameworks(chapter: Chapter) -> list[str] | None:
    """Return the names under ``frameworks:`` in the front matter; ``None`` without it."""
    value = chapter.front_matter.get("frameworks")
    if value is None:
        return None
    return [str(name) for name in value] if isinstance(value, list) else [str(value)]
