"""Letters of formulas in the style that they have: Unicode has bold, script and other ones.

Of MathML's ``mathvariant`` the browsers on which e-readers are built know ``normal`` alone (MathML
Core, section 3.2.2): a bold vector would be shown as a scalar.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# How Unicode's names of the letters of each style begin; some are older than the others.
_NAMES = {
    "bold": "MATHEMATICAL BOLD",
    "italic": "MATHEMATICAL ITALIC",
    "bold-italic": "MATHEMATICAL BOLD ITALIC",
    "double-struck": "(?:MATHEMATICAL )?DOUBLE-STRUCK",
    "script": "(?:MATHEMATICAL )?SCRIPT",
    "bold-script": "MATHEMATICAL BOLD SCRIPT",
    "fraktur": "(?:MATHEMATICAL FRAKTUR|BLACK-LETTER)",
    "bold-fraktur": "MATHEMATICAL BOLD FRAKTUR",
    "sans-serif": "MATHEMATICAL SANS-SERIF",
    "bold-sans-serif": "MATHEMATICAL SANS-SERIF BOLD",
    "sans-serif-italic": "MATHEMATICAL SANS-SERIF ITALIC",
    "sans-serif-bold-italic": "MATHEMATICAL SANS-SERIF BOLD ITALIC",
    "monospace": "MATHEMATICAL MONOSPACE",
}
# Letterlike symbols, and mathematical alphanumeric symbols.
_BLOCKS = (range(0x2100, 0x2150), range(0x1D400, 0x1D800))


def styled(text: str, variant: str) -> str | None:
    """Return text in a style of MathML; None if Unicode lacks it for some of its letters.

    Args:
        text: Letters and digits.
        variant: A value of ``mathvariant``.
    """
    letters = _letters(variant)
    if any(each not in letters for each in text):
        return None
    return "".join(letters[each] for each in text)


@cache
def _letters(variant: str) -> dict[str, str]:
    """Return the letters of a style by the plain ones."""
    if variant not in _NAMES:
        return {}
    # The italic h is older than its alphabet and is named otherwise.
    found = {"h": "\N{PLANCK CONSTANT}"} if variant == "italic" else {}
    name = re.compile(rf"{_NAMES[variant]} (?:CAPITAL|SMALL|DIGIT|NABLA|PARTIAL|DOTLESS)\b.*")
    for each in (chr(code) for block in _BLOCKS for code in block):
        if name.fullmatch(unicodedata.name(each, "")):
            found[unicodedata.normalize("NFKC", each)] = each
    return found
