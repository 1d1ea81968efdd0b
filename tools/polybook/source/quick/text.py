"""Plain text, up to the next character that may mean something."""

from __future__ import annotations

import re

from markdown_it.rules_inline import StateInline

_PLAIN = re.compile(r"[^\n!#$%&*+\-:<=>@\[\\\]^_`{}~]+")


def text(state: StateInline, silent: bool) -> bool:
    """Inline rule: as markdown-it's own."""
    match = _PLAIN.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.pending += match[0]
    state.pos = match.end()
    return True
