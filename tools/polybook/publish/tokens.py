"""Text to the words that the search index holds, the same for every language.

The scripts of the search do the same to what a reader types (``static/search-tokens.js``): both
sides must agree, since the index knows nothing but the words that it was given.

Pagefind takes apart Chinese and Japanese with other dictionaries when it indexes than browsers
have when a reader types, and Korean not at all, so that a word inside a sentence is often not
found. Therefore text of scripts that put no space between words becomes pairs of neighbouring
characters, each character followed by the next one, the last alone: any part of a sentence is then
a row of consecutive pairs. Words that are joined by a sign, as in ``d2l.Trainer`` or
``add_to_class``, become words of their own, so that the whole is a row and each part a word.

The signs between words stay with them, and a mark says that no space followed, so that excerpts
can be put together again.
"""

from __future__ import annotations

import re
import unicodedata

#: At the end of a token: the next one follows without a space.
JOINED = "`"
# Punctuation and symbols: what separates words beside spaces.
_SIGNS = (
    "!-/:-@\\[-`{-~\u00a1-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7"
    "\u060c\u061b\u061f\u06d4\u0964\u0965\u2000-\u206f\u20a0-\u20cf\u2190-\u2bff"
    "\u3000-\u3004\u3008-\u3020\u3030\u30fb\ufe30-\ufe6f\uff00-\uff0f\uff1a-\uff20"
    "\uff3b-\uff40\uff5b-\uff65"
)
# Marks that belong to the character before them.
_MARKS = (
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u17b4-\u17d3"
    "\u3099\u309a"
)
# Scripts without spaces between words: Thai, Lao, Burmese, Khmer, kana, Han, Hangul. Korean has
# spaces, but its particles and compounds stand without any.
_DENSE = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ec6\u0ec8-\u0ece\u1000-\u1049\u1050-\u109f\u1780-\u17d3"
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u302f\u3031-\u303c\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3105-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c"
    "\uac00-\ud7fb\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U000323af"
)
_LETTER = f"[^\\s{_SIGNS}{_DENSE}]"
# Where a letter follows a letter and up to three signs; an apostrophe belongs to its word.
_BETWEEN = re.compile(
    f"(?<=[{_SIGNS}])(?={_LETTER})(?:(?<={_LETTER}[{_SIGNS}])(?<!{_LETTER}['\u2019])"
    f"|(?<={_LETTER}[{_SIGNS}]{{2}})|(?<={_LETTER}[{_SIGNS}]{{3}}))"
)
_RUN = re.compile(f"[{_DENSE}]+")
_UNIT = re.compile(f"[{_DENSE}][{_MARKS}]*")
# Kana of half the width.
_NARROW = re.compile("[\uff66-\uff9f]+")
# Latin letters and digits as wide as Han characters are the same letters.
_WIDE = {wide: wide - 0xFEE0 for wide in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF5B))}
_WIDE = {wide: plain for wide, plain in _WIDE.items() if chr(plain).isalnum()}
# Pagefind drops accents, which would make ga of ka: voiced kana move to a block in which they
# are characters without parts (hentaigana, which no text needs here).
_VOICED = {
    code: code - 0x3040 + 0x1B000
    for code in range(0x3041, 0x30FF)
    if len(unicodedata.normalize("NFD", chr(code))) > 1
}


def tokenise(text: str) -> str:
    """Return the tokens of ``text``, separated by spaces."""
    text = text.replace(JOINED, "'")
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).translate(_WIDE)
        text = _NARROW.sub(lambda kana: unicodedata.normalize("NFKC", kana[0]), text)
    text = _BETWEEN.sub(f"{JOINED} ", text)
    if not text.isascii() and _RUN.search(text):
        text = _RUN.sub(_pairs, text.translate(_VOICED))
    return " ".join(text.split())


def _pairs(run: re.Match[str]) -> str:
    """Return the pairs of a run of characters, joined with what touches it."""
    text = run.string
    units = _UNIT.findall(run[0])
    pairs = [left + right for left, right in zip(units, [*units[1:], ""], strict=True)]
    joined = f"{JOINED} ".join(pairs)
    before = run.start() > 0 and not text[run.start() - 1].isspace()
    after = run.end() < len(text) and not text[run.end()].isspace()
    return f"{f'{JOINED} ' if before else ''}{joined}{f'{JOINED} ' if after else ''}"
