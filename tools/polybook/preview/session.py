"""The book in memory: from changed files to changed pages.

A changed chapter is parsed, read and written alone; other pages are written when somebody looks
at them. Everything else that changes opens the book anew, from what is known of it.
All methods are called in one thread.
"""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from pathlib import Path

import attrs
from sphinx.application import ENV_PICKLE_FILENAME

from polybook.book import Page, load_book
from polybook.book.book import load_page
from polybook.book.check import check_page
from polybook.book.lint import Ignores
from polybook.execution.jobs import job_of
from polybook.execution.keys import Keys
from polybook.execution.runner import Job
from polybook.preview.resident import Resident
from polybook.preview.stand_in import stand_in
from polybook.preview.warnings import PageWarnings
from polybook.source import BookError, Diagnostic

_Place = tuple[str, str]


@attrs.frozen
class Outcome:
    """What an edit has changed.

    Attributes:
        pages: The pages that were read again.
        pictures: Addresses of changed pictures, relative to the site.
        everything: Whether any page may look different, in any part of it.
        cells: Whether other notebooks of these pages may be stale.
        libraries: Whether other notebooks of any page may be.
    """

    pages: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    everything: bool = False
    cells: bool = False
    libraries: bool = False


@attrs.frozen
class Waiting:
    """Cells whose outputs are not those of their code.

    Attributes:
        framework: Whose notebook it is.
        title: As readers know it.
        lines: The chapter's lines at which the cells begin.
    """

    framework: str
    title: str
    lines: tuple[int, ...]


class Session:
    """A book that is open.

    Args:
        folder: The book's folder.
        scratch: A fresh folder for all that is made.
        executes: Whether stale notebooks will run, so that pages show their last outputs.
        warn: Takes the lines of Sphinx's warnings while the book is opened.
    """

    def __init__(
        self, folder: Path, scratch: Path, executes: bool, warn: Callable[[str], None]
    ) -> None:
        self.folder, self._scratch, self._executes = folder.resolve(), scratch, executes
        self._warn = warn
        self._resident: Resident | None = None
        self.keys: Keys | None = None
        self.trouble: tuple[str, ...] = ()
        """Why the last edit could not be shown; the pages are those before it."""
        self._count = 0
        self._outside: tuple[str, ...] = ()
        self._written: dict[str, str] = {}
        self._unread: set[str] = set()
        self._outdated: dict[_Place, int] = {}
        self._findings: dict[str, list[Diagnostic]] = {}

    @property
    def is_open(self) -> bool:
        """Whether there are pages to show."""
        return self._resident is not None

    @property
    def site(self) -> Path | None:
        """The folder with the files that pages load; None while the book was never open."""
        return self._resident.site if self._resident else None

    @property
    def root(self) -> str:
        """The first page; empty while the book is not open."""
        return str(self._resident.app.config.root_doc) if self._resident else ""

    @property
    def outside(self) -> tuple[str, ...]:
        """The files outside of the book's folder that it is made from."""
        return self._outside

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages of the book."""
        return self.keys.book.pages if self.keys else ()

    # Opening

    def open(self) -> None:
        """Open the book, or open it again as it is now; on failure it stays as it was."""
        try:
            keys = Keys.of(load_book(self.folder))
            # What notebooks mean is remembered from one opening to the next.
            keys.of_all(
                [
                    (page, name)
                    for page in keys.book.pages
                    for name in page.frameworks
                    if keys.cells(page, name)
                ]
            )
            resident = self._fresh(keys)
        except BookError as error:
            self.trouble = tuple(_told(finding) for finding in error.diagnostics)
            return
        except Exception as error:
            self.trouble = (_stopped(error),)
            return
        self.keys, self._resident = keys, resident
        self._outside = resident.outside
        self._warnings = PageWarnings(resident.env)
        self.trouble, self._unread = (), set()
        self._written, self._outdated, self._findings = {}, {}, {}

    def _fresh(self, keys: Keys) -> Resident:
        """Return a new application that knows what the one before has read."""
        self._count += 1
        place = self._scratch / str(self._count)
        before, kept = self._resident, None
        if before is not None:
            kept = Path(before.app.doctreedir)
            with (kept / ENV_PICKLE_FILENAME).open("wb") as file:
                pickle.dump(before.env, file, pickle.HIGHEST_PROTOCOL)
            before.pause()
        try:
            resident = Resident(keys, place, kept, self._warn)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            if before is not None:
                before.resume()
                self._warnings.attach()
            raise
        if before is not None:
            before.close()
            self._warnings.close()
            # Pictures of outputs that nobody makes again stay, for pages refer to them.
            shutil.rmtree(before.site, ignore_errors=True)
        return resident

    # What changes

    def change(self, paths: Collection[str]) -> Outcome:
        """Take up what has changed.

        Args:
            paths: Files, relative to the book's folder with slashes; absolute outside of it.
        """
        if self._resident is None or self.keys is None or self._opens(paths):
            self.open()
            return Outcome(everything=True, cells=True)
        by_path = {page.path: page for page in self.pages}
        chapters = [by_path[path] for path in paths if path in by_path]
        others = {path for path in paths if path not in by_path}
        pictures = self._pictures(others)
        styles = self._restyle(others)
        names = {page.docname for page in chapters} | self._unread | self._dependent(others)
        libraries = self.keys.libraries
        try:
            cells = self._take(chapters)
        except BookError as error:
            # It is read when it is saved again.
            self.trouble = tuple(_told(finding) for finding in error.diagnostics)
            return Outcome()
        self._read(names)
        changed = self.keys.libraries is not libraries
        return Outcome(
            tuple(sorted(names)),
            pictures,
            everything=styles,
            cells=cells or changed,
            libraries=changed,
        )

    def _opens(self, paths: Iterable[str]) -> bool:
        """Tell whether the whole book depends on one of the files."""
        assert self._resident and self.keys
        config = self.keys.book.config
        named = {"_config.yml", "_toc.yml", *config.bibliographies}
        for framework in config.frameworks:
            named |= {framework.environment, framework.preamble}
        data = {path for page in self.pages for path in page.needs.data}
        app = self._resident.app
        templates = tuple(
            f"{os.path.relpath(Path(app.confdir or app.srcdir, each), self.folder)}/"
            for each in app.config.templates_path
        )
        missing = {path for path in paths if path.endswith((".md", ".ipynb", ".rst"))} - {
            page.path for page in self.pages
        }
        return bool(
            named & set(paths)
            or missing & self._named_pages()
            or any(path.startswith(templates) for path in paths)
            or any(_is_within(path, each) for path in paths for each in data)
        )

    def _named_pages(self) -> set[str]:
        """Return the files of the pages that Sphinx alone knows."""
        assert self._resident
        env = self._resident.env
        return {str(env.doc2path(name, base=False)) for name in env.found_docs}

    def _pictures(self, paths: Collection[str]) -> tuple[str, ...]:
        """Copy changed pictures to where the pages load them, and return their addresses."""
        assert self._resident
        site, images = self._resident.site, self._resident.env.images
        found = []
        for path in paths:
            if path in images:
                place = site / "_images" / images[path][1]
                place.parent.mkdir(parents=True, exist_ok=True)
                with suppress(OSError):
                    shutil.copyfile(self.folder / path, place)
                    found.append(f"_images/{images[path][1]}")
        if found:
            self._resident.forget()
        return tuple(found)

    def _restyle(self, paths: Collection[str]) -> bool:
        """Copy the site's own files if one of them has changed."""
        assert self._resident
        app = self._resident.app
        folders = [
            os.path.relpath(Path(app.confdir or app.srcdir, each), self.folder)
            for key in ("html_static_path", "html_extra_path")
            for each in getattr(app.config, key)
        ]
        if not any(
            path == each or path.startswith(f"{each}/") for path in paths for each in folders
        ):
            return False
        self._resident.restyle()
        return True

    def _dependent(self, paths: Collection[str]) -> set[str]:
        """Return the pages that were read from one of the files too."""
        assert self._resident
        if not paths:
            return set()
        env = self._resident.env
        normal = {os.path.normpath(path) for path in paths}
        return {
            name
            for name, files in env.dependencies.items()
            if any(os.path.normpath(file) in normal for file in files) and name in env.found_docs
        }

    def _take(self, chapters: Iterable[Page]) -> bool:
        """Parse chapters again; tell whether other notebooks may be stale than before."""
        assert self.keys and self._resident
        cells = False
        for before in chapters:
            config, myst = self.keys.book.config, self._resident.env.myst_config
            page = load_page(self.folder, before.entry, config, myst)
            keys = self.keys.with_page(page)
            self.keys = keys
            if config.frameworks:
                cells = self._lend(before, page) or cells
        return cells

    def _lend(self, before: Page, page: Page) -> bool:
        """Find outputs for the stale notebooks of ``page``; tell whether any is other than was."""
        assert self.keys and self._resident
        project, keys = self._resident.project, self.keys
        shown = project.shown(before)
        project.renew(keys)
        fresh, lent, changed = project.stored(page), {}, False
        for name in page.frameworks:
            place, cells = (page.path, name), keys.cells(page, name)
            if name in fresh or not cells:
                changed = changed or place in self._outdated
                self._outdated.pop(place, None)
                continue
            changed = True
            known = [self._outdated[place]] if place in self._outdated else []
            if self._executes and name in shown:
                standing = stand_in(shown[name], cells)
                lent[name] = standing.stored
                known += [] if standing.outdated is None else [standing.outdated]
            # If no cell has changed, the library or data have, on which any may depend.
            self._outdated[place] = min(known, default=0)
        project.lend(page, lent)
        return changed

    def _read(self, docnames: Iterable[str]) -> None:
        """Let Sphinx read pages again; those that it cannot read stay as they were."""
        assert self._resident
        self.trouble = ()
        for name in sorted(docnames):
            self._warnings.begin(name, "read")
            try:
                self._resident.read([name])
                self._unread.discard(name)
            except Exception as error:
                # Sphinx and its extensions stop with any exception that there is.
                self._unread.add(name)
                self.trouble = (*self.trouble, _stopped(error, self._path(name)))
            finally:
                self._warnings.end()

    def settle(self) -> bool:
        """Work out what can wait until no edit does; tell whether pages may look different."""
        return self._resident is not None and self._resident.settle()

    def _path(self, docname: str) -> str:
        assert self._resident
        return str(self._resident.env.doc2path(docname, base=False))

    def executed(self, path: str) -> Outcome:
        """Take up that outputs of a page have been stored."""
        page = next((each for each in self.pages if each.path == path), None)
        if page is None or self._resident is None or self.keys is None:
            return Outcome()
        self._lend(page, page)
        self._read([page.docname])
        return Outcome((page.docname,))

    # What is shown

    def html(self, docname: str) -> str | None:
        """Return a page as it looks now, written if need be; None if the book has no such page."""
        resident = self._resident
        if resident is None or docname not in resident.env.found_docs:
            return None
        if docname not in self._unread:
            key = resident.key(docname)
            if self._written.get(docname) != key:
                self._warnings.begin(docname, "write")
                try:
                    resident.write(docname, key)
                    self._written[docname] = key
                except Exception as error:
                    self.trouble = (_stopped(error, self._path(docname)),)
                finally:
                    self._warnings.end()
        return resident.html(docname) if docname in self._written else None

    def is_shown(self, docname: str) -> bool:
        """Tell whether a page looks as it was written last."""
        resident = self._resident
        if resident is None or docname in self._unread or docname not in resident.env.found_docs:
            return True
        return self._written.get(docname) == resident.key(docname)

    def docname(self, address: str) -> str | None:
        """Return the page at an address within the site, such as ``guide/index.html``."""
        name = address.removesuffix(".html")
        known = self._resident is not None and name in self._resident.env.found_docs
        return name if known and address.endswith(".html") else None

    # What is wrong

    def examine(self, docname: str) -> None:
        """Look for mistakes in one page."""
        page = self.keys.book.page(docname) if self.keys else None
        if page is not None and self.keys is not None:
            book = self.keys.book
            only = attrs.evolve(book, pages=(page,))
            self._findings[page.path] = Ignores(only).keep(check_page(book, page))

    def checked(self, findings: Iterable[Diagnostic]) -> None:
        """Take over the findings of a check of the whole book."""
        self._findings = {}
        for finding in findings:
            self._findings.setdefault(finding.path, []).append(finding)

    def findings(self, docname: str) -> list[Diagnostic]:
        """Return what is wrong in a page, in the order of its lines."""
        page = self.keys.book.page(docname) if self.keys else None
        if page is None:
            return []
        known = self._findings.get(page.path, [])
        lines = {finding.line for finding in known}
        # Sphinx says of the same mistake less.
        others = [each for each in self._warnings.of(docname) if each.line not in lines]
        return sorted([*known, *others])

    # What runs

    def stale(self, page: Page) -> list[Job]:
        """Return the notebooks of a page whose outputs are not in the store."""
        assert self.keys and self._resident
        fresh = self._resident.project.stored(page)
        return [
            job_of(self.keys, page, name)
            for name in page.frameworks
            if name not in fresh and self.keys.cells(page, name)
        ]

    def title(self, framework: str) -> str:
        """Return how readers know a framework."""
        return self.keys.book.config.framework(framework).title if self.keys else framework

    def waiting(self, docname: str) -> list[Waiting]:
        """Return the cells of a page that have outputs of other code, or none."""
        page = self.keys.book.page(docname) if self.keys else None
        if page is None or self.keys is None:
            return []
        found = []
        for name in page.frameworks:
            cells = self.keys.cells(page, name)
            first = self._outdated.get((page.path, name))
            if first is not None:
                lines = tuple(each.cell.line for each in cells[first:])
                found.append(Waiting(name, self.title(name), lines))
        return found

    def close(self) -> None:
        """Let go of the application."""
        if self._resident is not None:
            self._warnings.close()
            self._resident.close()


def _told(finding: Diagnostic) -> str:
    return str(finding)


def _stopped(error: Exception, path: str = "") -> str:
    """Return an error of Sphinx or of an extension in one sentence."""
    what = str(error).strip() or type(error).__name__
    return f"{path}: {what}" if path else f"Sphinx stopped: {what}"


def _is_within(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}/")
