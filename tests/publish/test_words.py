"""The catalogues of the website's own words: each language has each of them."""

from __future__ import annotations

import re

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from resources import REPOSITORY

from polybook.publish.words import languages, translations

SOURCES = REPOSITORY / "tools/polybook/publish"
EAST = ("zh_CN", "zh_TW", "ja", "ko")
# Sphinx has them, but not in all of our languages.
OF_SPHINX = {
    "Link to this code",
    "Link to this definition",
    "Link to this equation",
    "Link to this heading",
    "Link to this image",
    "Link to this table",
    "Link to this term",
}
# Jupyter Book puts it there unless the book has another.
OF_JUPYTER_BOOK = {"Search this book..."}
# The same word in both languages, or a loan.
SHARED = {
    "Framework",
    "Index",
    "Notebook",
    "Sections",
    "Notebook: %(framework)s",
    "{results} in {framework}",
    ", ",
}
FIELD = re.compile(r"%(?:\(\w+\))?s|\{\w+\}")


def catalogue(language: str) -> dict[tuple[str | None, str], str]:
    """Return the words of a language by context and English word."""
    with (SOURCES / "locale" / language / "LC_MESSAGES/sphinx.po").open("rb") as file:
        return {(each.context, each.id): each.string for each in read_po(file) if each.id}


def asked() -> set[tuple[str | None, str]]:
    """Return what templates and modules ask for."""
    methods = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
    keywords = {"_": None, "gettext": None, "pgettext": ((1, "c"), 2)}
    found = extract_from_dir(SOURCES, methods, {}, keywords=keywords, strip_comment_tags=True)
    return {
        (context, message) for _file, _line, message, _comments, context in found if message
    } | {(None, word) for word in OF_SPHINX | OF_JUPYTER_BOOK}


def test_each_of_the_languages_that_we_promise_has_words() -> None:
    assert languages() == ["de", "es", "fr", "ja", "ko", "pt", "zh_CN", "zh_TW"]


@pytest.mark.parametrize("language", languages())
def test_a_language_has_each_word_and_no_other(language: str) -> None:
    found = catalogue(language)
    assert set(found) == asked()
    assert all(found.values())


@pytest.mark.parametrize("language", languages())
def test_a_translation_has_the_fields_and_the_blanks_of_the_english_word(language: str) -> None:
    for (_context, english), word in catalogue(language).items():
        assert sorted(FIELD.findall(word)) == sorted(FIELD.findall(english)), english
        # Two words that are filled in by their order keep it.
        assert word.count("%") == english.count("%"), english
        if english != ", ":
            assert word.endswith("\n") == english.endswith("\n"), english
            assert word.strip(" ") == word, english


@pytest.mark.parametrize("language", languages())
def test_no_word_was_left_in_english(language: str) -> None:
    same = {english for (_, english), word in catalogue(language).items() if word == english}
    assert same <= ({", "} if language in EAST else SHARED)


@pytest.mark.parametrize(
    ("asked_for", "search"),
    [
        ("zh_CN", "搜索"),
        ("zh", "搜索"),
        ("zh-Hans", "搜索"),
        ("zh_SG", "搜索"),
        ("zh_TW", "搜尋"),
        ("zh_HK", "搜尋"),
        ("zh-Hant", "搜尋"),
        ("ja", "検索"),
        ("ko_KR", "검색"),
        ("de_AT", "Suche"),
        ("pt-BR", "Pesquisa"),
        ("en_GB", "Search"),
        ("tlh", "Search"),
        (None, "Search"),
    ],
)
def test_a_variant_has_the_words_of_its_language_and_script(
    asked_for: str | None, search: str
) -> None:
    assert translations(asked_for).gettext("Search") == search
