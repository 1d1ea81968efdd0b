"""The works that a book can cite, from its BibTeX files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs
import pybtex.errors
from pybtex.database import BibliographyData, BibliographyDataError, Entry, parse_file
from pybtex.exceptions import PybtexError
from pybtex.richtext import Text

from polybook.book.config import CONFIG_FILE
from polybook.book.yaml_file import YamlFile
from polybook.source import BookError, Diagnostic

_ENTRY = re.compile(r"^\s*@\s*(\w+)\s*[{(]\s*([^\s,]+)\s*,")
# Text that means itself; pybtex takes its time for each.
_NO_LATEX = re.compile(r"(?:[A-Za-z0-9.:;()]+(?:,?[ -](?=[A-Za-z0-9]))?)*+")
_NO_WORKS = ("comment", "preamble", "string")


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
            # As sphinxcontrib-bibtex has it, the first of a key counts.
            works.setdefault(key, work(key, entry))
    return works


def duplicate_keys(folder: Path, names: Sequence[str]) -> Iterator[Diagnostic]:
    """Yield the entries whose key is taken; the files have been read before."""
    first: dict[str, str] = {}
    for name in names:
        text = (folder / name).read_text(encoding="utf-8")
        for number, line in enumerate(text.split("\n"), 1):
            match = _ENTRY.match(line)
            if match is None or match[1].lower() in _NO_WORKS:
                continue
            key, place = match[2], f"{name}:{number}"
            if key.lower() in first:
                message = f"the key '{key}' is taken, at {first[key.lower()]}"
                mend = "remove one of the two, or give it another key"
                column = match.start(2) + 1
                yield Diagnostic(name, number, column, "duplicate-key", message, mend, "warning")
            first.setdefault(key.lower(), place)


def _parse(folder: Path, name: str) -> BibliographyData:
    if not (folder / name).is_file():
        message = f"the bibliography {name} is missing"
        suggestion = "write it, or take it out of sphinx: config: bibtex_bibfiles"
        line = YamlFile(folder, CONFIG_FILE, "").line_of_scalar(name)
        raise BookError(Diagnostic(CONFIG_FILE, line, 1, "missing-file", message, suggestion))
    try:
        # Without the capture a second entry with the same key would be an exception.
        with pybtex.errors.capture() as problems:
            data = parse_file(str(folder / name), bib_format="bibtex")
        for problem in problems:
            if not str(problem).startswith("repeated bibliography entry"):
                raise problem
        return data
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
    if _NO_LATEX.fullmatch(text):
        return text
    return str(Text.from_latex(text))
