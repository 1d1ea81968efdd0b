"""Link definitions, ``[label]: address``: a long list of them is read once, not once for each."""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.reference import reference

# A definition that ends with its line, whatever follows; but a title may stand on the next.
_WHOLE = re.compile(
    r"""\[(?:[^\[\]\\]|\\.)+\]:[ \t]*[^\s<]\S*"""
    r"""(?P<title>[ \t]+(?:"[^"\\]*"|'[^'\\]*'|\([^()\\]*\)))?[ \t]*"""
)


def definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Block rule: as markdown-it's ``reference``, which looks at the whole paragraph each time."""
    match = _WHOLE.fullmatch(_line(state, start))
    if match is None or not (match["title"] or _begins_no_title(_line(state, start + 1))):
        return reference(state, start, end, silent)
    last = state.lineMax
    state.lineMax = start + 1
    found = reference(state, start, end, silent)
    state.lineMax = last
    return found


def _begins_no_title(line: str) -> bool:
    return not line.startswith(('"', "'", "("))


def _line(state: StateBlock, line: int) -> str:
    """Return ``line`` without its indent; empty behind the last."""
    if line >= state.lineMax:
        return ""
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
