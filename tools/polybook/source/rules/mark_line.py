"""Lines that hold one mark only, such as ``:label:`sec_x` ``, and belong to what precedes."""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

_MARK_LINE = re.compile(
    r"^:(label|eqlabel|width|height|bibliography):(`+)[ \t]*([^`\n]+?)[ \t]*\2[ \t]*$"
)


def mark_line(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Block rule: push a hidden ``mark_line`` token with its key and value.

    The core rule ``attach`` joins it to its heading, figure, table or
    equation. A ``:bibliography:`` belongs to nothing: it is a
    ``bibliography`` token.
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
    token = push_mark_line(state, match[1], match[3], start)
    if match[1] == "bibliography":
        token.type, token.hidden = "bibliography", False
    state.line = start + 1
    return True


def push_mark_line(state: StateBlock, key: str, value: str, line: int) -> Token:
    """Push the ``mark_line`` token of a mark that stands on ``line``."""
    token = state.push("mark_line", "", 0)
    token.hidden = True
    token.meta = {"key": key, "value": value}
    token.map = [line, line + 1]
    return token
