"""Marks inside text, such as ``:numref:`fig_x` `` and ``:cite:`Key.2020` ``."""

from __future__ import annotations

import re

from markdown_it.rules_inline import StateInline

# The bound on the value keeps the search linear where a backtick is never closed.
_MARK = re.compile(r":([a-z_]{1,20}):(`+)(?!`)(.{1,1000}?)(?<!`)\2(?!`)", re.DOTALL)
# A value may be broken over two lines; more is an unclosed backtick.
_VALUE = re.compile(r"^[\w *+,\-./\\\n]+$")

# d2l mark -> the MyST role of the same meaning.
ROLES = {
    "numref": "numref",
    "ref": "ref",
    "eqref": "eq",
    "cite": "cite:p",
    "citep": "cite:p",
    "citet": "cite:t",
    "func": "py:func",
    "class": "py:class",
    "mod": "py:mod",
}


def mark(state: StateInline, silent: bool) -> bool:
    """Inline rule: push a ``myst_role`` token, so that both dialects share one form.

    A mark is recognised whatever stands on either side of it. Its ``meta``
    holds ``name`` (the role) and ``mark`` (the key as written). An unknown key
    stays text; it is reported when the chapter is read, where its line is
    known.
    """
    if state.src[state.pos] != ":":
        return False
    match = _MARK.match(state.src, state.pos)
    if not match or match[1] not in ROLES or match[3].count("\n") > 1:
        return False
    if not _VALUE.match(match[3]):
        return False
    if not silent:
        token = state.push("myst_role", "", 0)
        token.meta = {"name": ROLES[match[1]], "mark": match[1]}
        token.content = " ".join(match[3].split())
    state.pos = match.end()
    return True
