"""What of a book's settings for MathJax changes how its formulas look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: The folder of the fonts, from that of the style sheet.
FONTS = "mathematics"


def components(given: Mapping[str, Any]) -> list[str]:
    """Return the parts of MathJax that a book's ``mathjax3_config`` loads."""
    return [str(each) for each in given.get("loader", {}).get("load", [])]


def mathjax_settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that ``mathematics.js`` takes.

    What concerns a browser only, such as the menu, where in a page to look for TeX and what it
    measures there, has no meaning in a build.

    Args:
        given: The book's ``mathjax3_config``.
    """
    output = {
        name: value
        for name, value in given.get("chtml", {}).items()
        if name not in ("scale", "matchFontHeight")
    }
    return {
        "tex": dict(given.get("tex", {})),
        "chtml": {**output, "fontURL": FONTS},
        "load": [name for name in components(given) if name.startswith("[tex]/")],
    }
