"""An edition: the whole book as readers of one framework have it, such as a PDF.

Its numbers are those of the website. A page that is not written for the framework keeps its title
and its place, and says so, as the website does.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.transforms.post_transforms import SphinxPostTransform

from polybook.book import Book, Page
from polybook.publish.panel import EDITION
from polybook.publish.project import project_of
from polybook.publish.unexecuted import unexecuted_note, unexecuted_notes


def setup_edition(app: Sphinx) -> None:
    """Leave out of an edition what its readers have no use for."""
    app.add_post_transform(EditionTransform)


def page_address(book: Book, docname: str) -> str:
    """Return where a page lies on the book's website; empty if the book names no address."""
    base = book.config.base_url.rstrip("/")
    return f"{base}/{docname}.html" if base else ""


class EditionTransform(SphinxPostTransform):
    """Cuts pages that the framework lacks, and what is said of other frameworks."""

    # Before the tab sets are taken apart.
    default_priority = 4

    def run(self, **kwargs: Any) -> None:
        """Change the page."""
        framework = self.config[EDITION]
        book = project_of(self.app).book
        page = book.page(self.env.docname) if book else None
        if not framework or book is None or page is None:
            return
        for note in unexecuted_notes(self.document):
            if framework not in note["titles"]:
                note.parent.remove(note)
            elif len(note["titles"]) > 1:
                note.replace_self(unexecuted_note({framework: note["titles"][framework]}))
        if framework not in page.frameworks:
            self._cut(book, page, framework)

    def _cut(self, book: Book, page: Page, framework: str) -> None:
        section = next(self.document.findall(nodes.section), None)
        if section is None:
            return
        title = section.first_child_matching_class(nodes.title)
        kept = [] if title is None else [section[title]]
        text = _("This page is not written for %(missing)s.") % {
            "missing": book.config.framework(framework).title
        }
        note = nodes.paragraph(text, text, classes=["polybook-missing"])
        if address := page_address(book, page.docname):
            words = _("It stands on the website.")
            note += [nodes.Text(" "), nodes.reference("", words, refuri=address)]
        section.children = []
        section += [*kept, note]
        self.document.children = [section]
