"""Lines that hold one mark only, such as ``:label:`sec_x` ``, and belong to what precedes."""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock

_MARK_LINE = re.compile(r"^:(label|eqlabel|width|height):(`+)[ \t]*([^`\n]+?)[ \t]*\2[ \t]*$")


def mark_line(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Block rule: push a hidden ``mark_line`` token with its key and value.

    The core rule ``attach`` joins it to its heading, figure, table or
    equation.
    """
    if state.is_code_block(start):
        return False
    begin = state.bMarks[start] + state.tShift[start]
    if state.src[begin : begin + 1] != ":":
        return False
    match = _MARK_LINE.match(state.src[begin : state.eMarks[start]])
    if not match:
        return False
    if silent:
        return True
    token = state.push("mark_line", "", 0)
    token.hidden = True
    token.meta = {"key": match[1], "value": match[3]}
    token.map = [start, start + 1]
    state.line = start + 1
    return True
