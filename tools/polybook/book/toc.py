"""``_toc.yml``: which pages the book has, in which order, with which numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import attrs
from sphinx_external_toc.api import Document, SiteMap
from sphinx_external_toc.parsing import MalformedError, parse_toc_yaml

from polybook.book.ipynb import SUFFIX
from polybook.book.scheme import Number, Scheme
from polybook.book.yaml_file import YamlFile
from polybook.source import BookError, Diagnostic

TOC_FILE = "_toc.yml"
_SUFFIXES = (".md", SUFFIX, ".rst")


@attrs.frozen
class Entry:
    """One page in the table of contents.

    Attributes:
        path: The chapter's file relative to the book.
        docname: The same without its suffix, as Sphinx names pages.
        number: Its number, such as ``(3, 1)``; empty if it is not numbered.
        line: Line in ``_toc.yml``.
        scheme: How numbers below its own are written.
    """

    path: str
    docname: str
    number: Number
    line: int
    scheme: Scheme


def load_toc(folder: Path, continuous: bool = True) -> tuple[Entry, ...]:
    """Return the pages of the book in ``folder``, depth first as they are read.

    Args:
        folder: The book's folder.
        continuous: Whether chapters count on from part to part, where a part does not say
            so itself by ``restart_numbering``.

    Raises:
        BookError: ``_toc.yml`` is missing or malformed, or names a file that
            does not exist or is named twice.
    """
    file = YamlFile(folder, TOC_FILE, "name the pages of the book there, in Jupyter Book's format")
    try:
        site_map = parse_toc_yaml(folder / TOC_FILE)
    except MalformedError as error:
        raise file.error("invalid-toc", f"the table of contents is malformed: {error}") from None
    entries: list[Entry] = []
    wrong: list[Diagnostic] = []
    try:
        numbered = list(_numbered(site_map, continuous))
    except ValueError as error:
        line = file.line_of_scalar("style")
        mend = "name a style, such as alphaupper"
        raise file.error("invalid-toc", str(error), mend, line) from None
    for docname, number, scheme in numbered:
        line = file.line_of_scalar(docname)
        path = _existing(folder, docname)
        if path is None:
            message = f"there is no chapter {docname}.md"
            suggestion = "write it, or take its entry out"
            wrong.append(Diagnostic(TOC_FILE, line, 1, "missing-chapter", message, suggestion))
        elif path in (entry.path for entry in entries):
            # Once with its suffix and once without; else it is malformed.
            message = f"the chapter {path} is named twice"
            wrong.append(Diagnostic(TOC_FILE, line, 1, "invalid-toc", message, "remove one entry"))
        elif path.endswith((".md", SUFFIX)):
            entries.append(Entry(path, path.rsplit(".", 1)[0], number, line, scheme))
    if wrong:
        raise BookError(*wrong)
    return tuple(entries)


def _existing(folder: Path, docname: str) -> str | None:
    # Pages in reStructuredText are Sphinx's alone; they only take part in the numbering.
    for name in (docname, *(docname + suffix for suffix in _SUFFIXES)):
        if name.endswith(_SUFFIXES) and (folder / name).is_file():
            return name
    return None


def _numbered(site_map: SiteMap, continuous: bool) -> Iterator[tuple[str, Number, Scheme]]:
    """Yield each page with its number and the scheme of the part that it stands in."""
    yield site_map.root.docname, (), Scheme()
    # Chapters count over all parts of one style: letters take no numbers away.
    counts: Counter[str] = Counter()
    for tree in site_map.root.subtrees:
        # Each part says for itself whether, and how deep, it is numbered; below it a page
        # inherits what its chapter has.
        scheme = Scheme.of(tree)
        style = scheme.styles[0]
        restart = tree.restart_numbering
        if not continuous if restart is None else restart:
            counts[style] = 0
        for name in tree.files():
            if scheme.depth > 0:
                counts[style] += 1
            yield from _below(site_map, site_map[name], scheme.below((), counts[style]), scheme)


def _below(
    site_map: SiteMap, document: Document, number: Number, scheme: Scheme
) -> Iterator[tuple[str, Number, Scheme]]:
    yield document.docname, number, scheme
    count = 0
    for tree in document.subtrees:
        for name in tree.files():
            count += 1
            below = scheme.below(number, count) if number else ()
            yield from _below(site_map, site_map[name], below, scheme)
