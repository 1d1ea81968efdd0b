"""What TeX needs to know of a language: hyphenation, fonts, fixed words."""

from __future__ import annotations

import attrs

_CJK = {"zh_TW": "TC", "zh_HK": "HK", "zh": "SC", "ja": "JP", "ko": "KR"}
"""Noto's name of the script by language; the longest beginning counts."""

_HYPHENATION = {
    "cs": "czech",
    "da": "danish",
    "de": "ngerman",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "pl": "polish",
    "pt": "portuguese",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
    "vi": "vietnamese",
}
"""Babel's name of the language."""


@attrs.frozen
class Language:
    """A language of a book.

    Attributes:
        code: As in the book's configuration.
        babel: Babel's name, for hyphenation; empty where none is needed.
        script: Noto's name of the East Asian script that text is set in.
        is_cjk: Whether the whole book is written in that script.
    """

    code: str
    babel: str
    script: str
    is_cjk: bool

    @property
    def locale(self) -> str:
        """Babel's file of the language, part of every TeX, unlike those of the name `babel`."""
        return next(code for code, name in _HYPHENATION.items() if name == self.babel)

    @property
    def has_spaces(self) -> bool:
        """Whether words are separated by spaces: Korean has them, Chinese and Japanese do not."""
        return not self.is_cjk or self.script == "KR"


def language_of(code: str) -> Language:
    """Return what is known of a language; English hyphenation for an unknown one."""
    code = code or "en"
    for begin, script in _CJK.items():
        if code.replace("-", "_").startswith(begin):
            return Language(code, "", script, True)
    return Language(code, _HYPHENATION.get(code[:2], "english"), "SC", False)
