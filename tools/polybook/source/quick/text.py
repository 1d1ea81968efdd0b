"""Plain text, up to the next character that may mean something."""

from __future__ import annotations

import re

from polybook.source.quick.inline import InlineState

_PLAIN = re.compile(r"[^\n!#$%&*+\-:<=>@\[\\\]^_`{}~]+")


def text(state: InlineState, silent: bool) -> bool:
    """Inline rule: as markdown-it's own."""
    match = _PLAIN.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.add(match[0])
    state.pos = match.end()
    return True
