"""The website's own words in the language of the book.

Sphinx has its words in gettext catalogues, which templates and modules ask by ``_``. What it lacks
stands in ours, ``locale/<language>/LC_MESSAGES/sphinx.po``; English stands for what no catalogue
has. A book may have other words, or those of another language, in a ``sphinx.po`` below its
``locale_dirs``: they come first, then Sphinx's, then ours.
"""

from __future__ import annotations

from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.core import get_global
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from sphinx.application import Sphinx
from sphinx.locale import get_translator

FOLDER = Path(__file__).parent / "locale"
_CATALOGUE = "LC_MESSAGES/sphinx.po"


def setup_words(app: Sphinx) -> None:
    """Add the words of the book's language to those of Sphinx."""
    app.translator.add_fallback(translations(app.config.language))


def languages() -> list[str]:
    """Return the languages that have words, beside English."""
    return sorted(file.parents[1].name for file in FOLDER.glob(f"*/{_CATALOGUE}"))


def translations(language: str | None) -> NullTranslations:
    """Return the words of a language such as ``zh_TW`` or ``pt-BR``; none for one we lack.

    A variant has the words of its language in the script in which it is written: ``zh_HK`` those
    of ``zh_TW``, and ``zh`` those of ``zh_CN``.
    """
    asked = _written(language or "en")
    found = next((name for name in languages() if _written(name) == asked), None)
    if found is None:
        return NullTranslations()
    with (FOLDER / found / _CATALOGUE).open("rb") as file:
        catalogue = read_po(file, locale=found)
    # Compiled here: a program that installs us need not know of catalogues.
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _written(language: str) -> tuple[str, str]:
    """Return a language and the script in which it is written: ``zh`` and ``Hant``."""
    parts = language.replace("-", "_").split("_")
    code = "_".join([parts[0].lower(), *parts[1:]])
    likely = get_global("likely_subtags")
    # What is said counts; what is not is what it likely is.
    full = (likely.get(code) or likely.get(parts[0].lower()) or code).split("_")
    scripts = [part.title() for part in [*parts[1:], *full[1:]] if len(part) == 4]
    return parts[0].lower(), scripts[0] if scripts else ""


def pgettext(context: str, word: str) -> str:
    """Return a word as it is said in a context: Sphinx's catalogues may have it in another."""
    return get_translator().pgettext(context, word)
