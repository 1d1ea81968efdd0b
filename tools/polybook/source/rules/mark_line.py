"""Lines that hold one mark only, such as ``:label:`sec_x` ``, and belong to what precedes."""

from __future__ import annotations

import re
from unicodedata import normalize

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

NO_WIDTH = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""Signs that nobody sees."""

BLANKS = rf"[\s{NO_WIDTH}]*"
"""A pattern for what nobody sees beside a mark on its line: blanks of all widths, also none."""

_MARK_LINE = re.compile(
    rf"^{BLANKS}:(label|eqlabel|width|height|bibliography):(`+)"
    rf"{BLANKS}([^`\n]+?){BLANKS}\2{BLANKS}$"
)
_NO_WIDTH = re.compile(f"[{NO_WIDTH}]")
_BLANK = re.compile(BLANKS.removesuffix("*"))


def is_blank(text: str) -> bool:
    """Tell whether nothing of ``text`` can be seen."""
    return not _NO_WIDTH.sub("", text).strip()


def as_name(value: str) -> str:
    """Return ``value`` in one form: nobody sees whether an accent is a sign of its own.

    Signs without a width are left out.
    """
    if value.isascii():
        return value
    return " ".join(normalize("NFC", _NO_WIDTH.sub("", value)).split())


def mark_line(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Block rule: push a hidden ``mark_line`` token with its key and value.

    The core rule ``attach`` joins it to its heading, figure, table or
    equation. A ``:bibliography:`` belongs to nothing: it is a
    ``bibliography`` token.
    """
    if state.is_code_block(start):
        return False
    begin = state.bMarks[start] + state.tShift[start]
    first = state.src[begin : begin + 1]
    if first != ":" and not _BLANK.match(first):
        return False
    match = _MARK_LINE.match(state.src[begin : state.eMarks[start]])
    if not match:
        return False
    if silent:
        return True
    token = push_mark_line(state, match[1], as_name(match[3]), start)
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
