"""The works that a book can cite, from its BibTeX files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import attrs
from pybtex.database import BibliographyData, BibliographyDataError, Entry, parse_file
from pybtex.exceptions import PybtexError
from pybtex.richtext import Text

from polybook.book.config import CONFIG_FILE
from polybook.source import BookError, Diagnostic


@attrs.frozen
class Work:
    """An entry of a BibTeX file.

    Attributes:
        key: What authors cite it by.
        authors: Family names as a citation shows them, such as
            ``Alpha and Beta`` or ``Alpha et al.``
        year: Year of publication; empty if the entry has none.
        title: Its title, without braces.
        url: Where it can be read: the entry's ``url``, or its DOI as a link.
    """

    key: str
    authors: str
    year: str
    title: str
    url: str


def load_bibliography(folder: Path, names: Sequence[str]) -> dict[str, Work]:
    """Read the BibTeX files ``names`` in ``folder``.

    Raises:
        BookError: A file is missing or malformed.
    """
    works: dict[str, Work] = {}
    for name in names:
        for key, entry in _parse(folder, name).entries.items():
            works[key] = work(key, entry)
    return works


def _parse(folder: Path, name: str) -> BibliographyData:
    if not (folder / name).is_file():
        message = f"the bibliography {name} is missing"
        suggestion = "write it, or take it out of sphinx: config: bibtex_bibfiles"
        raise BookError(Diagnostic(CONFIG_FILE, 1, 1, "missing-file", message, suggestion))
    try:
        return parse_file(str(folder / name), bib_format="bibtex")
    except (PybtexError, BibliographyDataError, UnicodeDecodeError) as error:
        line = getattr(error, "lineno", None) or 1
        raise BookError(
            Diagnostic(name, line, 1, "invalid-bibtex", f"this is no BibTeX: {error}")
        ) from None


def work(key: str, entry: Entry) -> Work:
    """Return a pybtex entry as a work."""
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    families = [" ".join([*person.prelast_names, *person.last_names]) for person in people]
    families = [_plain(family) for family in families]
    authors = f"{families[0]} et al." if len(families) > 2 else " and ".join(families)
    doi = entry.fields.get("doi")
    return Work(
        key=key,
        authors=authors or _plain(entry.fields.get("title", key)),
        year=entry.fields.get("year", ""),
        title=_plain(entry.fields.get("title", "")),
        url=entry.fields.get("url") or (f"https://doi.org/{doi}" if doi else ""),
    )


def _plain(text: str) -> str:
    """Return BibTeX text without its braces and with accents as letters."""
    return str(Text.from_latex(text)) if text else ""
