"""The whole book for one framework in one file: notebooks, library, requirements, a guide."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO

from polybook.book import Book, Page
from polybook.execution.data import declared_files
from polybook.publish.download_keys import DownloadKeys
from polybook.publish.downloads import FOLDER, notebook_place
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


def put_archives(project: Project, site: Site, keys: DownloadKeys) -> None:
    """Put the archive of each framework into the website, with the notebooks that lie there.

    The same content gives the same bytes.

    Raises:
        OSError: A file cannot be read or written.
    """
    book = project.book
    assert book is not None
    used = {page.docname: used_files(book, page) for page in book.pages}
    for framework in book.config.framework_names:
        _put_archive(project, framework, used, site, keys)


def _put_archive(
    project: Project,
    framework: str,
    used: Mapping[str, list[str]],
    site: Site,
    keys: DownloadKeys,
) -> None:
    """Put an archive; ``used`` names the files of the book that each page uses.

    They lie where they lie in the book, so that the paths in text and code hold.
    """
    book = project.book
    assert book is not None
    pages = [page for page in book.pages if framework in page.frameworks]
    notebooks = {f"{page.stem}.ipynb": notebook_place(page, framework) for page in pages}
    texts = own_texts(project, framework)
    files = dict.fromkeys(name for page in pages for name in used[page.docname])
    names = [name for name in files if name not in texts]
    key = digest(
        archive_name(book, framework),
        [keys.of_notebooks(page, framework) for page in pages],
        texts,
        [(name, keys.of_file(name)) for name in names],
    )

    def make() -> bytes:
        others = {name: (book.folder / name).read_bytes() for name in names}
        found = {name: (site.folder / place).read_bytes() for name, place in notebooks.items()}
        own = {name: text.encode() for name, text in texts.items()}
        return packed(archive_name(book, framework), {**own, **others, **found})

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


def own_texts(project: Project, framework: str) -> dict[str, str]:
    """Return the texts of a framework's archive that are made for it, by path in it."""
    book = project.book
    assert book is not None
    texts = {"README.md": guide(project, framework), **requirements(project, framework)}
    if framework in project.libraries:
        settings = book.config.framework(framework)
        texts |= library_files(book, settings, project.libraries[framework])
    return texts


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
