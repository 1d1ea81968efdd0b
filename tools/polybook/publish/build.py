"""Building the website: Jupyter Book's configuration, Sphinx, and a swap when all is well."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from polybook.book import Book
from polybook.book.config import CONFIG_FILE
from polybook.book.output import fresh_folder
from polybook.execution.keys import Keys
from polybook.lasting import seldom_collecting
from polybook.notebook.reader import notebook_path
from polybook.publish.archive import archive_place
from polybook.publish.downloads import FOLDER as NOTEBOOKS
from polybook.publish.launch import FOLDER as LAUNCH
from polybook.publish.project import prepared
from polybook.source import BookError, Diagnostic

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class PublishError(BookError):
    """Sphinx failed, or what it made is not whole."""


@attrs.frozen
class Website:
    """A finished build.

    Attributes:
        folder: Where it lies.
        pages: How many pages of the book it has.
        outside: The files outside of the book's folder that it was made from.
    """

    folder: Path
    pages: int
    outside: tuple[str, ...]


def build_html(keys: Keys, echo: Callable[[str], None]) -> Website:
    """Build a book's website into its ``_build/html``.

    Everything is made in a fresh folder, checked against the book, and
    renamed into place; if anything fails the last good build stays.

    Args:
        keys: The keys of a book with no errors in it.
        echo: Takes the lines of Sphinx's warnings.

    Raises:
        PublishError: Sphinx failed, or a page, notebook or archive is missing.
    """
    book = keys.book
    with fresh_folder(book.build / "html") as folder, prepared(keys):
        found = _run_sphinx(book, folder, book.build / "doctrees", echo)
        check_inventory(book, folder)
    return Website(book.build / "html", len(book.pages), found)


def check_inventory(book: Book, folder: Path) -> None:
    """Check that ``folder`` holds every page, notebook and archive of ``book``.

    Raises:
        PublishError: Something is missing.
    """
    folders = [NOTEBOOKS, *([LAUNCH] if book.config.website.launch.notebooks else [])]
    lost = [
        Diagnostic(page.path, 1, 1, "lost-page", f"the website lacks {name}")
        for page in book.pages
        for name in [
            f"{page.docname}.html",
            *(
                f"{folder}/{notebook_path(page, framework)}"
                for folder in folders
                for framework in page.frameworks
            ),
        ]
        if not (folder / name).is_file()
    ]
    lost += [
        Diagnostic(CONFIG_FILE, each.line, 1, "lost-page", f"the website lacks {name}")
        for each in book.config.frameworks
        if not (folder / (name := archive_place(each.name))).is_file()
    ]
    if lost:
        raise PublishError(*lost)


def _run_sphinx(
    book: Book, outdir: Path, doctrees: Path, echo: Callable[[str], None]
) -> tuple[str, ...]:
    """Run Sphinx and return the files outside of the book's folder that it has read."""
    workers = len(os.sched_getaffinity(0))
    with sphinx_app(book, outdir, doctrees, echo, workers) as app:
        app.build()
        return outside(app)


@contextmanager
def sphinx_app(
    book: Book,
    outdir: Path,
    doctrees: Path,
    echo: Callable[[str], None],
    workers: int,
    builder: str = "html",
    settings: Mapping[str, Any] = {},
) -> Iterator[Sphinx]:
    """Yield the Sphinx application that builds a book; inside, Sphinx may fail.

    Args:
        book: The book.
        outdir: Where what is built goes.
        doctrees: What is kept from build to build.
        echo: Takes the lines of Sphinx's warnings.
        workers: In how many processes it reads and writes.
        builder: Name of the builder; the default makes the website.
        settings: More settings of Sphinx. Builds that share their doctrees may differ only in
            those on which the trees do not depend, or the book is read anew each time.

    Raises:
        PublishError: Sphinx failed.
    """
    # Imported here: `polybook check` and its like need not wait for Sphinx.
    from docutils.utils import SystemMessage
    from jupyter_book.config import get_final_config
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError
    from sphinx.locale import translators
    from sphinx.util.console import color_terminal, nocolor
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    from polybook.publish.builder import LAST_SITE

    config, _ = get_final_config(
        user_yaml=book.folder / "_config.yml",
        cli_config={"latex_individualpages": False},
        sourcedir=book.folder,
    )
    extensions = config["extensions"]
    if "polybook.publish" not in extensions:
        extensions.append("polybook.publish")
    config[LAST_SITE] = str(book.build / "html")
    config |= settings
    if not color_terminal():
        nocolor()
    warnings = _Lines(echo)
    # Sphinx adds the words of a book to those of the one that this process has built before.
    translators.clear()
    try:
        with patch_docutils(), docutils_namespace(), seldom_collecting():
            app = Sphinx(
                srcdir=book.folder,
                confdir=None,
                outdir=outdir,
                doctreedir=doctrees,
                buildername=builder,
                confoverrides=config,
                status=None,
                warning=warnings,
                parallel=workers,
            )
            yield app
    except (SphinxError, SystemMessage) as error:
        raise PublishError(
            Diagnostic("_config.yml", 1, 1, "sphinx-failed", f"Sphinx stopped: {error}")
        ) from None
    finally:
        warnings.flush()


def outside(app: Sphinx) -> tuple[str, ...]:
    """Return the files outside of the book's folder that its pages were made from."""
    config, folder = app.config, Path(app.srcdir)
    named = set().union(*app.env.dependencies.values())
    for key in ("bibtex_bibfiles", "templates_path", "html_static_path", "html_extra_path"):
        named |= set(map(str, getattr(config, key, ())))
    files = {os.path.normpath(folder / name) for name in named}
    # What programs bring along is told by their versions.
    within = (folder, *map(Path, sys.path))
    return tuple(sorted(f for f in files if not any(Path(f).is_relative_to(d) for d in within)))


class _Lines:
    """A text stream that hands on whole lines, as Sphinx wants one."""

    def __init__(self, echo: Callable[[str], None]) -> None:
        self._echo, self._rest = echo, ""

    def write(self, text: str) -> int:
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            if line.strip():
                self._echo(line)
        return len(text)

    def flush(self) -> None:
        if self._rest.strip():
            self._echo(self._rest)
        self._rest = ""

    def isatty(self) -> bool:
        return False
