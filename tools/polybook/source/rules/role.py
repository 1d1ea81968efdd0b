"""MyST's roles, found in time that grows with the text alone."""

from __future__ import annotations

import re

from markdown_it.rules_inline import StateInline
from mdit_py_plugins.myst_role.index import myst_role

_HEAD = re.compile(r"\{[a-zA-Z0-9_+:-]{1,60}\}`")


def role(state: StateInline, silent: bool) -> bool:
    """Inline rule: MyST's own, which copies the rest of the text, where a role begins."""
    if state.src[state.pos] != "{" or not _HEAD.match(state.src, state.pos):
        return False
    return myst_role(state, silent)
