"""Superscript ``x^2^`` and subscript ``H~2~O``, as pandoc has them."""

from __future__ import annotations

import re

from markdown_it.rules_inline import StateInline

_SCRIPT = re.compile(r"\^([+−-]?\w{1,20}[+−-]?)\^(?!\^)|~([+−-]?\w{1,20}[+−-]?)~(?!~)")
_URL = re.compile(r"(?:://|www\.)\S*$")


def script(state: StateInline, silent: bool) -> bool:
    """Inline rule: a short word without blanks between two signs, behind a letter or bracket."""
    at = state.pos
    sign = state.src[at]
    if sign not in "^~" or not at or not (state.src[at - 1].isalnum() or state.src[at - 1] in ")]"):
        return False
    match = _SCRIPT.match(state.src, at)
    if match is None or _URL.search(state.src, max(0, at - 200), at):
        return False
    if not silent:
        kind, tag = ("superscript", "sup") if sign == "^" else ("subscript", "sub")
        state.push(f"{kind}_open", tag, 1)
        state.push("text", "", 0).content = match[1] or match[2]
        state.push(f"{kind}_close", tag, -1)
    state.pos = match.end()
    return True
