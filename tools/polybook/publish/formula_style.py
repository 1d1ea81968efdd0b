"""The style sheet of formulas: of MathJax's, the rules that a book needs, and our own."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from pathlib import Path

_STRING = r'"(?:[^"\\]|\\.)*"'
# MathJax writes no nested rules; a brace may be a character's content.
_RULE = re.compile(rf'([^{{}}]+)\{{((?:[^{{}}"]|{_STRING})*)\}}')
_DECLARATION = re.compile(rf'(?:[^;"]|{_STRING})+')
_CHARACTER = re.compile(r"mjx-c[0-9A-F]+")
_CLASSES = re.compile(r'class="([^"]*mjx-c[0-9A-F][^"]*)"')
_SELECTED = re.compile(r"\.(mjx-c[0-9A-F]+(?:\.[\w-]+)*)")

# MathJax's x-height; in a browser it scales formulas to that of the text around.
_X_HEIGHT = 0.442
_ZERO = "MathJax_Zero.woff"


def characters(markups: Iterable[str]) -> set[frozenset[str]]:
    """Return the classes of the characters that stand in formulas."""
    return {
        frozenset(classes.split()) for markup in markups for classes in _CLASSES.findall(markup)
    }


def rules_for(style: str, used: set[frozenset[str]]) -> str:
    """Return the rules of MathJax's sheet for certain characters."""
    return "".join(rule for name, rule in _character_rules(style) if _is_used(name, used))


def style_sheet(
    style: str, used: set[frozenset[str]], fonts: Path, scale: float, match: bool
) -> str:
    """Return the rules that hold for all formulas, and those for the characters in use.

    Args:
        style: MathJax's whole sheet.
        used: Classes of the characters in use.
        fonts: Folder of MathJax's fonts.
        scale: Size of formulas relative to what it would be.
        match: Whether their x-height shall be that of the text around.
    """
    common = "".join(
        _compact(selector, body)
        for selector, body in _rules(style)
        if not _CHARACTER.search(selector)
    )
    # `ex` in a font size is the surrounding font's, so that no script need measure it.
    size = f"calc({scale} * {f'1ex / {_X_HEIGHT}' if match else '1em'})"
    own = f"mjx-container{{font-size:{size};position:relative}}\n"
    # The font that gives lines their height has no glyph to see. It comes with
    # the sheet: without it, formulas would stand elsewhere until it has come.
    zero = base64.b64encode((fonts / _ZERO).read_bytes()).decode("ascii")
    common = re.sub(rf'url\("[^"]*{_ZERO}"\)', f'url("data:font/woff;base64,{zero}")', common)
    return common + rules_for(style, used) + own


def _rules(style: str) -> Iterable[tuple[str, str]]:
    text = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    for selector, body in _RULE.findall(text):
        yield selector.strip().replace('mjx-container[jax="CHTML"]', "mjx-container"), body


def _character_rules(style: str) -> Iterable[tuple[frozenset[str], str]]:
    for selector, body in _rules(style):
        if found := _SELECTED.search(selector):
            yield frozenset(found[1].split(".")), _compact(selector, body)


def _is_used(name: frozenset[str], used: set[frozenset[str]]) -> bool:
    return any(name <= classes for classes in used)


def _compact(selector: str, body: str) -> str:
    lines = [line.strip() for line in _DECLARATION.findall(body)]
    declarations = [re.sub(r"^([\w-]+):\s+", r"\1:", line) for line in lines if line]
    if selector == "@font-face":
        # Formulas are readable before the fonts have come; MathJax's widths do
        # not depend on them.
        declarations.append("font-display:swap")
    return f"{selector}{{{';'.join(declarations)}}}\n"
