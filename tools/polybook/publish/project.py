"""The book behind a Sphinx build, loaded once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from weakref import WeakKeyDictionary

from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError
from sphinx.util import logging

from polybook.book import Book, Page, load_book
from polybook.book.paper import Paper
from polybook.book.website import Website
from polybook.execution.keys import Keys
from polybook.execution.store import Store, Stored
from polybook.library import Library
from polybook.notebook import code_cells
from polybook.source import BookError, parse

LOGGER = logging.getLogger(__name__)
STORE_FOLDER = "store"

_projects: WeakKeyDictionary[Sphinx, Project] = WeakKeyDictionary()
_prepared: ContextVar[Keys | None] = ContextVar("prepared", default=None)


@contextmanager
def prepared(keys: Keys) -> Iterator[None]:
    """Give a build that starts inside the book and the keys that the command has already."""
    token = _prepared.set(keys)
    try:
        yield
    finally:
        _prepared.reset(token)


class Project:
    """A book with its store.

    Attributes:
        book: ``None`` if the folder is no book with frameworks: then MyST-NB
            renders it, as it would without polybook.
        website: What its pages link to, also without frameworks.
    """

    def __init__(self, app: Sphinx) -> None:
        self.book: Book | None = None
        self.website = Website(base_url=str(app.config.html_baseurl or ""))
        folder = Path(app.srcdir)
        if not (folder / "_config.yml").is_file():
            return
        try:
            keys = _prepared.get()
            if keys is None or keys.book.config.myst != app.env.myst_config:
                # A plain `jupyter-book build`, or an extension that changes how Markdown is read.
                keys = Keys.of(load_book(folder, app.env.myst_config))
            self.website = keys.book.config.website
            if keys.book.config.frameworks:
                self.book = keys.book
                self._keys = keys
        except BookError as error:
            raise ConfigError(str(error)) from None
        self._store = store_of(folder / "_build")
        self._executed: dict[str, dict[str, Stored]] = {}
        self._before: dict[tuple[str, str, str], Stored] = {}
        self._lent: dict[str, dict[str, Stored]] = {}

    @property
    def libraries(self) -> dict[str, Library]:
        """The libraries of the book, by framework."""
        return self._keys.libraries if self.book else {}

    @property
    def paper(self) -> Paper:
        """What the book is printed on."""
        return self.book.config.paper if self.book else Paper()

    @property
    def keys(self) -> Keys:
        """What knows the code, the libraries and the environments; the folder must be a book."""
        return self._keys

    def executed(self, page: Page) -> dict[str, NotebookNode]:
        """Return the executed notebooks of ``page`` that are fresh, by framework."""
        return {name: each.notebook for name, each in self.shown(page).items()}

    def shown(self, page: Page) -> dict[str, Stored]:
        """Return the fresh runs of ``page`` and those that are lent to it, by framework."""
        return {**self._lent.get(page.docname, {}), **self.stored(page)}

    def stored(self, page: Page) -> dict[str, Stored]:
        """Return the fresh runs of ``page`` with their records, by framework."""
        if page.docname not in self._executed:
            found = {}
            for framework in page.frameworks:
                if code_cells(self.book, page, framework):
                    key = self._keys.key(page, framework)
                    stored = self._before.get((page.path, framework, key.digest))
                    stored = stored or self._store.get(page.path, framework, key)
                    if stored is not None:
                        found[framework] = stored
            self._executed[page.docname] = found
        return self._executed[page.docname]

    def renew(self, keys: Keys) -> None:
        """Go on with a later state of the same book, for pages that are read from now on."""
        assert self.book is not None
        self.book, self._keys = keys.book, keys
        self._before = {
            (each.record.page, each.record.framework, each.record.key.digest): each
            for found in self._executed.values()
            for each in found.values()
        }
        self._executed = {}

    def lend(self, page: Page, lent: dict[str, Stored]) -> None:
        """Let ``page`` show these outputs, by framework, where it has no fresh ones."""
        self._lent[page.docname] = lent

    def reparsed(self, page: Page, text: str) -> Page:
        """Return ``page`` with another text."""
        assert self.book is not None
        config = self.book.config
        chapter = parse(text, page.path, config.framework_names, config.myst, config.untagged)
        return Page.of(page.entry, chapter, config, page.outputs)

    def fingerprint(self, page: Page) -> str:
        """Return a digest of all that decides how ``page`` looks, beside other pages."""
        digests = {name: stored.record.sha256 for name, stored in self.shown(page).items()}
        frameworks = self.book.config.frameworks if self.book else ()
        # Aliases change the cells that readers see, also where nothing has been executed.
        shown = [(f.name, f.title, f.library, repr(f.aliases)) for f in frameworks]
        content = json.dumps([page.chapter.text, page.outputs, digests, shown], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


def store_of(build: Path) -> Store:
    """Return the store in a book's build folder; damage is told as a Sphinx warning."""
    return Store(build / STORE_FOLDER, warn=lambda found: LOGGER.warning(str(found)))


def load_project(app: Sphinx) -> None:
    """Load the book before any page is read (event ``builder-inited``)."""
    _projects[app] = Project(app)


def project_of(app: Sphinx | BuildEnvironment) -> Project:
    """Return the project of a build."""
    if isinstance(app, BuildEnvironment):
        app = app.app
    return _projects[app]
