"""Citations as ``(Alpha and Beta, 2001)``, and a list of works to match."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pybtex.backends.plaintext import Backend as PlaintextBackend
from pybtex.database import Entry
from pybtex.plugin import register_plugin as register_pybtex_plugin
from pybtex.style import FormattedEntry
from pybtex.style.formatting.plain import Style as PlainStyle
from pybtex.style.labels import BaseLabelStyle
from pybtex.style.sorting.author_year_title import SortingStyle as AuthorYearTitle
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinxcontrib.bibtex.plugin import register_plugin
from sphinxcontrib.bibtex.style.referencing import BracketStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle

from polybook.book.bibliography import work

STYLE = "polybook"


def _round() -> BracketStyle:
    return BracketStyle(left="(", right=")")


@dataclass
class RoundAuthorYear(AuthorYearReferenceStyle):
    """Author and year in round brackets, the way sphinxcontrib-bibtex documents it."""

    bracket_parenthetical: BracketStyle = field(default_factory=_round)
    bracket_textual: BracketStyle = field(default_factory=_round)
    bracket_author: BracketStyle = field(default_factory=_round)
    bracket_label: BracketStyle = field(default_factory=_round)
    bracket_year: BracketStyle = field(default_factory=_round)


class AuthorYearLabels(BaseLabelStyle):
    """Labels each work of the list as the text cites it."""

    def format_labels(self, sorted_entries: Iterable[Entry]) -> Iterator[str]:
        """Yield ``Alpha and Beta, 2001``, with a letter where two works would share it."""
        works = [work(entry.key, entry) for entry in sorted_entries]
        plain = [f"{one.authors}, {one.year}".rstrip(", ") for one in works]
        total, seen = Counter(plain), Counter[str]()
        for label in plain:
            seen[label] += 1
            yield label + (chr(ord("a") + seen[label] - 1) if total[label] > 1 else "")


class AuthorYearStyle(PlainStyle):
    """The list of works: by author and year, labelled the same way."""

    default_label_style = AuthorYearLabels
    default_sorting_style = AuthorYearTitle

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._formatted: dict[tuple[str, str], FormattedEntry] = {}

    def format_entry(self, label: str, entry: Entry, bib_data: Any = None) -> FormattedEntry:
        """Return a work of the list; sphinxcontrib-bibtex asks again for what citations show."""
        place = label, entry.key
        if place not in self._formatted:
            self._formatted[place] = super().format_entry(label, entry, bib_data)
        return self._formatted[place]


def setup_citation(app: Sphinx) -> None:
    """Make both styles the default of books that cite and name no style of their own."""
    register_plugin("sphinxcontrib.bibtex.style.referencing", STYLE, RoundAuthorYear)
    register_pybtex_plugin("pybtex.style.formatting", STYLE, AuthorYearStyle)
    # Otherwise each citation looks for it anew in what is installed, which takes milliseconds.
    register_pybtex_plugin("pybtex.backends", "plaintext", PlaintextBackend, force=True)
    app.connect("config-inited", _set_style, priority=100)


def _set_style(app: Sphinx, config: Config) -> None:
    if "bibtex_bibfiles" not in config or not config.bibtex_bibfiles:
        return
    if config.bibtex_reference_style == "label":
        config.bibtex_reference_style = STYLE
    if config.bibtex_default_style == "alpha":
        config.bibtex_default_style = STYLE
