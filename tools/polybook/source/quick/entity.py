"""Entities such as ``&amp;``, found without a copy of all the text that follows."""

from __future__ import annotations

import re

from markdown_it.common.entities import entities
from markdown_it.common.utils import fromCodePoint, isValidEntityCode
from markdown_it.rules_inline import StateInline

_ENTITY = re.compile(r"&(?:#(x[a-f0-9]{1,6}|[0-9]{1,7})|([a-z][a-z0-9]{1,31}));", re.IGNORECASE)
_UNKNOWN = 0xFFFD


def entity(state: StateInline, silent: bool) -> bool:
    """Inline rule: as markdown-it's own."""
    match = _ENTITY.match(state.src, state.pos)
    if match is None or state.pos + 1 >= state.posMax:
        return False
    number, name = match.groups()
    if name and name not in entities:
        return False
    if not silent:
        token = state.push("text_special", "", 0)
        token.markup, token.info = match[0], "entity"
        token.content = entities[name] if name else _character(number)
    state.pos = match.end()
    return True


def _character(number: str) -> str:
    code = int(number[1:], 16) if number[0] in "xX" else int(number)
    return fromCodePoint(code if isValidEntityCode(code) else _UNKNOWN)
