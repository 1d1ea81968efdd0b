"""``_toc.yml``: which pages the book has, in which order, with which numbers."""

from __future__ import annotations

from pathlib import Path

import attrs
from sphinx_external_toc.api import Document, SiteMap
from sphinx_external_toc.parsing import MalformedError, parse_toc_yaml

from polybook.book.ipynb import SUFFIX
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
    """

    path: str
    docname: str
    number: tuple[int, ...]
    line: int


def load_toc(folder: Path) -> tuple[Entry, ...]:
    """Return the pages of the book in ``folder``, depth first as they are read.

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
    for docname, number in _walk(site_map, site_map.root, ()):
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
            entries.append(Entry(path, path.rsplit(".", 1)[0], number, line))
    if wrong:
        raise BookError(*wrong)
    return tuple(entries)


def _existing(folder: Path, docname: str) -> str | None:
    # Pages in reStructuredText are Sphinx's alone; they only take part in the numbering.
    for name in (docname, *(docname + suffix for suffix in _SUFFIXES)):
        if name.endswith(_SUFFIXES) and (folder / name).is_file():
            return name
    return None


def _walk(
    site_map: SiteMap,
    document: Document,
    number: tuple[int, ...],
    depth: int = 0,
) -> list[tuple[str, tuple[int, ...]]]:
    """List the pages below ``document``, with numbers down to ``depth`` levels more."""
    pages = [(document.docname, number)]
    count = 0
    for tree in document.subtrees:
        # At the root each part says for itself whether, and how deep, it is
        # numbered; below it a page inherits what its chapter has.
        levels = depth - 1
        if document is site_map.root:
            levels = 999 if tree.numbered is True else int(tree.numbered)
        for name in tree.files():
            below: tuple[int, ...] = ()
            if levels > 0 and (number or document is site_map.root):
                # At the root this counts the chapters over all numbered parts.
                count += 1
                below = (*number, count)
            pages += _walk(site_map, site_map[name], below, levels)
    return pages
