"""Sphinx's builder of an edition as EPUB: its pages, and everything that goes into the package."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.builders.epub3 import Epub3Builder
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util import logging

from polybook.publish.epub.contents import navigation, ncx, page_file, plain_title, read_lines
from polybook.publish.epub.cover import cover_page, cover_picture
from polybook.publish.epub.inventory import Inventory, inventory_of
from polybook.publish.epub.package import (
    COVER,
    COVER_PAGE,
    NAV,
    NCX,
    TYPES,
    Metadata,
    identifier,
    package_document,
    write_package,
)
from polybook.publish.epub.page import xhtml_page
from polybook.publish.epub.picture import still_picture
from polybook.publish.file_name import edition_name
from polybook.publish.formats import EPUB
from polybook.publish.highlighting import Highlighter
from polybook.publish.panel import EDITION
from polybook.publish.project import project_of
from polybook.publish.words import pgettext

LOGGER = logging.getLogger(__name__)
_STYLE = Path(__file__).with_name("epub.css")
_SHEET = "book.css"
_CODE_STYLE = "polybook.publish.code_style.Light"


class EpubBookBuilder(Epub3Builder):
    """Writes the book as readers of one framework have it.

    Attributes:
        file: The finished package, in the folder that Sphinx was given.
        inventory: What it must hold.
    """

    name = EPUB
    file: Path
    inventory: Inventory

    def init_highlighter(self) -> None:
        """Choose the style of code: that of the website by day."""
        self.highlighter = Highlighter("html", _CODE_STYLE)
        self.dark_highlighter = None

    def prepare_writing(self, docnames: set[str]) -> None:
        """Prepare."""
        super().prepare_writing(docnames)
        self._pictures: dict[str, int] = {}
        self.domain_indices = []

    def write_doc_serialized(self, docname: str, doctree: nodes.document) -> None:
        """Prepare a page in the process that makes the package, and count its pictures there."""
        super().write_doc_serialized(docname, doctree)
        self._pictures[page_file(docname)] = sum(1 for _ in doctree.findall(nodes.image))

    def write_doc(self, docname: str, doctree: nodes.document) -> None:
        """Write a page, with the ids that the website has."""
        StandaloneHTMLBuilder.write_doc(self, docname, doctree)

    def handle_page(
        self,
        pagename: str,
        addctx: dict[str, Any],
        templatename: str = "page.html",
        outfilename: str | None = None,
        event_arg: Any = None,
    ) -> None:
        """Write a page: its text, and nothing around it."""
        title = plain_title(self.env.titles[pagename])
        page = self._page(page_file(pagename), title, addctx["body"])
        place = Path(self.outdir) / page_file(pagename)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(page, encoding="utf-8")

    def finish(self) -> None:
        """Make the package."""
        book = project_of(self.app).book
        assert book is not None
        framework = book.config.framework(self.config[EDITION])
        title = f"{book.config.title} ({framework.title})"
        about = Metadata(
            title,
            str(self.config.author or ""),
            self._language,
            str(self.config.copyright or ""),
            identifier(book.config.title, framework.name),
        )
        lines = read_lines(self.env)
        self.copy_image_files()
        files = {
            COVER_PAGE: self._page(COVER_PAGE, title, cover_page(title, COVER)).encode(),
            NAV: self._page(NAV, title, navigation(lines, pgettext("book", "Contents"))).encode(),
            NCX: ncx(lines, about.identifier, title).encode(),
            COVER: cover_picture(book.config.title, framework.title, about.author).encode(),
            _SHEET: self._style_sheet().encode(),
        }
        pages = self._order([line for each in lines for line in each.addresses()])
        pictures = sorted(f"{self.imagedir}/{name}" for name in self.images.values())
        for name in [*pages, *pictures]:
            if Path(name).suffix.lower() in TYPES:
                data = (Path(self.outdir) / name).read_bytes()
                files[name] = still_picture(name, data)
            else:
                LOGGER.warning("a picture that EPUB does not know: %s", name)
        opf = package_document(about, files, [COVER_PAGE, NAV, *pages])
        self.file = Path(self.outdir) / edition_name(book.config.title, framework.name, "epub")
        write_package(self.file, files, opf)
        named = tuple(address for line in lines for address in line.addresses())
        self.inventory = inventory_of(book, self.env, framework.name, named, self._pictures)

    @property
    def _language(self) -> str:
        return str(self.config.language or "en").replace("_", "-")

    def _page(self, place: str, title: str, body: str) -> str:
        style = posixpath.relpath(_SHEET, posixpath.dirname(place) or ".")
        return xhtml_page(title, body, self._language, style)

    def _order(self, contents: list[str]) -> list[str]:
        """Return the pages as they are read: those that the contents do not name come last."""
        named = [address for address in contents if "#" not in address]
        others = sorted({page_file(each) for each in self.env.found_docs} - set(named))
        return [*dict.fromkeys(named), *others]

    def _style_sheet(self) -> str:
        return _STYLE.read_text(encoding="utf-8") + self.highlighter.get_stylesheet() + "\n"
