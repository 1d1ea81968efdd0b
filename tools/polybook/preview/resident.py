"""A Sphinx application that stays, and reads and writes single pages.

Everything lies in a folder of its own. The doctrees begin as a copy of what the last build kept,
so that nothing need be read which has not changed since.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path

from filelock import FileLock
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.build_phase import BuildPhase
from sphinx.util.docutils import docutils_namespace
from sphinx.util.parallel import SerialTasks

from polybook.execution.keys import Keys
from polybook.preview.lines import setup_lines
from polybook.preview.numbered import Numbered
from polybook.preview.registrations import Registrations
from polybook.publish.build import outside, sphinx_app
from polybook.publish.builder import BookBuilder
from polybook.publish.contents import Contents
from polybook.publish.formula_writer import typesetting_of
from polybook.publish.page_key import PageKeys, lists_of_works, references
from polybook.publish.project import Project, prepared, project_of

# Pages as they were written for a website.
_WRITTEN = shutil.ignore_patterns("pages", "site.json")


class Resident:
    """The application, with all pages read and those written that somebody has asked for.

    Args:
        keys: The keys of the book.
        scratch: A folder that is not there yet, for all that it makes.
        known: The doctrees of an application that is no longer used; None for those of the
            last build.
        warn: Takes the lines of Sphinx's warnings.

    Raises:
        PublishError: Sphinx failed.
    """

    def __init__(
        self, keys: Keys, scratch: Path, known: Path | None, warn: Callable[[str], None]
    ) -> None:
        book = keys.book
        self.site = scratch / "html"
        self.site.mkdir(parents=True)
        if known is not None:
            shutil.copytree(known, scratch / "doctrees", ignore=_WRITTEN)
        elif (book.build / "doctrees").is_dir():
            # While no other build writes them.
            with FileLock(book.build / "html.lock"):
                shutil.copytree(book.build / "doctrees", scratch / "doctrees", ignore=_WRITTEN)
        self._stack = ExitStack()
        with prepared(keys), ExitStack() as stack:
            self.app: Sphinx = stack.enter_context(
                sphinx_app(book, self.site, scratch / "doctrees", warn, 1)
            )
            self._open()
            self._stack = stack.pop_all()

    def _open(self) -> None:
        setup_lines(self.app)
        self.builder: BookBuilder = self.app.builder  # type: ignore[assignment]
        self.env = self.app.env
        self._unsettled = False
        self.builder.parallel_ok = False
        self.builder.finish_tasks = SerialTasks()
        with logging.pending_warnings():
            updated = set(self.builder.read())
            self._number(updated)
        self.app.phase = BuildPhase.RESOLVING
        self.builder.prepare_pages()
        self.restyle()

    @property
    def project(self) -> Project:
        """The book and the store behind the pages."""
        return project_of(self.app)

    @property
    def outside(self) -> tuple[str, ...]:
        """The files outside of the book's folder that its pages are made from."""
        return outside(self.app)

    def restyle(self) -> None:
        """Copy the site's own files anew: styles, scripts and the like."""
        self.builder.copy_assets()
        self._common = self.builder.common()
        self.forget()

    def forget(self) -> None:
        """Forget what follows from all pages together; it is found again when it is needed."""
        self._page_keys: PageKeys | None = None
        self._contents: Contents | None = None

    def read(self, docnames: Iterable[str]) -> None:
        """Read pages again, and number the book."""
        app, env, builder = self.app, self.env, self.builder
        app.phase = BuildPhase.READING
        names = sorted(docnames)
        try:
            with logging.pending_warnings():
                before = self._cited(names)
                numbered = [Numbered(env, name) for name in names]
                app.emit("env-before-read-docs", env, names)
                for name in names:
                    app.emit("env-purge-doc", env, name)
                    env.clear_doc(name)
                    builder.read_doc(name)
                self._unsettled = True
                if self._cited(names) != before or lists_of_works(env) & set(names):
                    self._settle()
                if not all([each.restore() for each in numbered]):
                    self._number(names)
        finally:
            app.phase = BuildPhase.RESOLVING
        builder.relations = env.collect_relations()
        self.forget()

    def _cited(self, docnames: Iterable[str]) -> list[object]:
        return [references(self.env).get(name) for name in docnames]

    def _number(self, docnames: Iterable[str]) -> None:
        """Number sections and what is in them, as it is done when pages have been read."""
        # All of them, for it is the asking that counts.
        list(self.env.check_dependents(self.app, set(docnames)))

    def settle(self) -> bool:
        """Let extensions work out what follows from all pages; tell whether they had to.

        It takes as long as the book has works that it cites. While a page cites the same as
        before, this can wait.
        """
        if not self._unsettled:
            return False
        self._settle()
        self.forget()
        return True

    def _settle(self) -> None:
        self.app.emit("env-updated", self.env)
        self._unsettled = False

    def key(self, docname: str) -> str:
        """Return the key of a page: what decides how it looks, beside the site's contents."""
        if self._page_keys is None:
            self._page_keys = self.builder.page_keys(self._common)
        return self._page_keys.key(docname)

    def write(self, docname: str, key: str) -> None:
        """Write one page and copy its pictures."""
        with logging.pending_warnings():
            self.builder.write_page(docname, key)
        self.builder.copy_image_files()

    def html(self, docname: str) -> str:
        """Return a page that has been written, complete with the contents of the site."""
        if self._contents is None:
            self._contents = self.builder.contents()
        return self.builder.complete(docname, self._contents, {})

    def pause(self) -> None:
        """Make room for another application: docutils knows one at a time."""
        self._registered = Registrations()
        self._stack.close()

    def resume(self) -> None:
        """Go on after a pause."""
        self._stack.enter_context(docutils_namespace())
        self._registered.restore()

    def close(self) -> None:
        """End what the application has begun."""
        if (typesetting := typesetting_of(self.builder)) is not None:
            typesetting.close()
        self._stack.close()
