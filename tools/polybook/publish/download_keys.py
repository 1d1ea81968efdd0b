"""The keys of what readers take home: digests of everything from which the files follow.

They are asked for each page in each framework, and for each archive again: what frameworks share is
told once, and each file of the book is read once.
"""

from __future__ import annotations

import hashlib
import posixpath
from pathlib import Path

from polybook.book import Page
from polybook.programs import program_state
from polybook.publish.installation import needed
from polybook.publish.page_key import digest
from polybook.publish.project import Project


class DownloadKeys:
    """The keys of one build.

    Args:
        project: The book as it is built; it must be one.
    """

    def __init__(self, project: Project) -> None:
        assert project.book is not None
        self._project, self._book = project, project.book
        self._pages: dict[str, str] = {}
        self._files: dict[Path, str] = {}
        self._seen: dict[str, object] = {}

    def of_notebooks(self, page: Page, framework: str) -> str:
        """Return the digest of everything from which a page's files for a framework follow.

        It is the page with its outputs, what its text says of other pages and of works, its
        pictures, and for the launched notebook what is installed.
        """
        if page.docname not in self._pages:
            self._pages[page.docname] = self._of_page(page)
        launch = self._book.config.website.launch
        needs = needed(self._book, page, framework, self._project.keys) if launch.notebooks else ""
        return digest(self._pages[page.docname], framework, needs)

    def of_file(self, name: str) -> str:
        """Return the digest of a file of the book.

        Raises:
            OSError: It cannot be read.
        """
        return self._digest(self._book.folder / name)

    def _digest(self, file: Path) -> str:
        if file not in self._files:
            self._files[file] = hashlib.sha256(file.read_bytes()).hexdigest()
        return self._files[file]

    def _of_page(self, page: Page) -> str:
        """Return the digest of what a page's files for all frameworks follow from."""
        book = self._book
        return digest(
            program_state(),
            self._project.fingerprint(page),
            book.numbering.numbers[page.docname],
            book.config.base_url,
            book.config.website.launch.notebooks,
            [self._of_target(reference.target) for reference in page.chapter.references],
            [self._shown(name) for name in _listed(page)],
            [self._picture(page, image.source) for image in page.chapter.images],
        )

    def _of_target(self, target: str) -> object:
        """Return what a notebook says of the target of a reference: a label, or a work."""
        if target not in self._seen:
            label = self._book.numbering.find(target)
            if label is None:
                self._seen[target] = repr(self._book.bibliography.get(target))
            else:
                kind, title = label.target.kind, label.target.title
                found = (label.name, label.docname, label.dotted, kind, title)
                self._seen[target] = (*found, self._shown(label.docname))
        return self._seen[target]

    def _shown(self, docname: str) -> object:
        page = self._book.page(docname)
        return page and (page.stem, page.chapter.title, page.frameworks)

    def _picture(self, page: Page, source: str) -> object:
        folder = self._book.folder
        if not source.startswith("/"):
            folder = (folder / page.path).parent
        try:
            return source, self._digest(folder / source.lstrip("/"))
        except OSError:
            return source, ""


def _listed(page: Page) -> list[str]:
    """Return the pages that the lists of contents on a page name."""
    folder = posixpath.dirname(page.docname)
    return [
        posixpath.normpath(posixpath.join(folder, entry.page))
        for block in page.chapter.toc
        for entry in block.entries
    ]
