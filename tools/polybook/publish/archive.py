"""The whole book for one framework in one file: notebooks, library, requirements, a guide."""

from __future__ import annotations

import hashlib
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO

from polybook.book import Book, Page
from polybook.execution.data import declared_files
from polybook.publish.downloads import FOLDER, download_key, notebook_place
from polybook.publish.guide import guide, requirements
from polybook.publish.installation import library_files
from polybook.publish.page_key import digest
from polybook.publish.project import Project
from polybook.publish.site import Site

_PICTURE = re.compile(r"\.(?:apng|avif|bmp|gif|jpe?g|png|svg|webp)\b", re.IGNORECASE)
_BEFORE_PATHS = frozenset("\t\r\n \"'()<>[]{}|,;=`")
# The first that the format knows.
_TIME = (1980, 1, 1, 0, 0, 0)
_NOT_IN_NAMES = re.compile(r"[\W_]+")


def archive_name(book: Book, framework: str) -> str:
    """Return the name of a framework's archive, and of the folder in it, without suffix."""
    words = _NOT_IN_NAMES.sub("-", book.config.title.lower()).strip("-")
    return f"{words or 'book'}-{framework}"


def archive_place(framework: str) -> str:
    """Return where a framework's archive lies in the website."""
    return f"{FOLDER}/{framework}.zip"


def put_archive(project: Project, framework: str, site: Site) -> None:
    """Put the archive of a framework into the website, with the notebooks that lie there.

    The same content gives the same bytes.

    Raises:
        OSError: A file cannot be read or written.
    """
    book = project.book
    assert book is not None
    pages = [page for page in book.pages if framework in page.frameworks]
    notebooks = {f"{page.stem}.ipynb": notebook_place(page, framework) for page in pages}
    others = other_files(project, framework)
    key = digest(
        archive_name(book, framework),
        [download_key(project, page, framework) for page in pages],
        [(name, hashlib.sha256(content).hexdigest()) for name, content in others.items()],
    )

    def make() -> bytes:
        found = {name: (site.folder / place).read_bytes() for name, place in notebooks.items()}
        return packed(archive_name(book, framework), {**others, **found})

    site.put(archive_place(framework), key, make, of_others=True)


def packed(top: str, files: Mapping[str, bytes]) -> bytes:
    """Return an archive with ``files``, by path, in a folder ``top``."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(f"{top}/{name}", _TIME)
            entry.create_system = 3  # Unix, whichever system this is
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return target.getvalue()


def other_files(project: Project, framework: str) -> dict[str, bytes]:
    """Return what a framework's archive holds beside the notebooks, by path in it.

    Everything lies where it lies in the book, so that the paths in text and code hold.
    """
    book = project.book
    assert book is not None
    files = {
        "README.md": guide(project, framework).encode(),
        **{name: text.encode() for name, text in requirements(project, framework).items()},
    }
    if framework in project.libraries:
        settings = book.config.framework(framework)
        library = library_files(book, settings, project.libraries[framework])
        files |= {name: text.encode() for name, text in library.items()}
    for page in book.pages:
        if framework in page.frameworks:
            for name in used_files(book, page):
                files.setdefault(name, (book.folder / name).read_bytes())
    return files


def used_files(book: Book, page: Page) -> list[str]:
    """Return the files that a page's notebooks use by path, relative to the book.

    They are the data that it declares, and pictures that its text or its code names; those that
    a notebook holds as attachments are no part of them.
    """
    folder = posixpath.dirname(page.path)
    attached = {image.source for image in page.chapter.images if image.span}
    named = set(_named(page.chapter.text)) - attached
    found = {posixpath.normpath(posixpath.join(folder, name)) for name in named}
    pictures = {name for name in found if not name.startswith(("../", "/"))}
    data = declared_files(book.folder, page.needs.data)
    return sorted({*data, *(name for name in pictures if (book.folder / name).is_file())})


def _named(text: str) -> Iterator[str]:
    """Yield what in ``text`` looks like the path of a picture."""
    for match in _PICTURE.finditer(text):
        start = match.start()
        while start and text[start - 1] not in _BEFORE_PATHS:
            start -= 1
        yield text[start : match.end()]
