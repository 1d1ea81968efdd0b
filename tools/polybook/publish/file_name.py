"""The names of the files that readers take home."""

from __future__ import annotations

import re
import unicodedata


def edition_name(title: str, framework: str, ending: str) -> str:
    """Return the name of an edition's file, in the letters of the book's language.

    Letters that Unicode has only for the look of old character sets become common ones.

    >>> edition_name("Ｄeep Learning, by Doing", "alpha", "pdf")
    'deep-learning-by-doing-alpha.pdf'
    >>> edition_name("深度学习!", "beta", "epub"), edition_name("?", "beta", "epub")
    ('深度学习-beta.epub', 'book-beta.epub')
    """
    plain = unicodedata.normalize("NFKC", title).lower()
    words = re.sub(r"[\W_]+", "-", plain).strip("-")
    return f"{words or 'book'}-{framework}.{ending}"
