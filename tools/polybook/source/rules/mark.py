"""Marks inside text, such as ``:numref:`fig_x` `` and ``:cite:`Key.2020` ``."""

from __future__ import annotations

import re
from itertools import pairwise
from unicodedata import category

from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from polybook.source.rules.mark_line import as_name

# The bound on the value keeps the search linear where a backtick is never closed.
_MARK = re.compile(r":([a-z_]{1,20}):(`+)(?!`)(.{1,1000}?)(?<!`)\2(?!`)", re.DOTALL)
_HEAD = re.compile(r":([a-z_]{1,20}):(`+)")
# A value may be broken over two lines; more is an unclosed backtick.
_VALUE = re.compile(r"^[\w\s*+,\-./\\]+$")
# The backtick behind these signs opens: it does not close the mark before it.
_OPENING = frozenset(" \t\n([{\"'（「『【《“‘")

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
_LABELS = ("label", "eqlabel")


def mark(state: StateInline, silent: bool) -> bool:
    """Inline rule: push a ``myst_role`` token, so that both dialects share one form.

    A mark is recognised whatever stands on either side of it. Its ``meta``
    holds ``name`` (the role), ``mark`` (the key) and ``written`` (the value). A label
    behind a displayed formula becomes a hidden ``inline_mark``. An unknown
    key stays text; it is reported when the chapter is read, where its line is
    known. So does a mark whose backtick is never closed: the code span that
    seems to follow it would take in the text between.
    """
    if state.src[state.pos] != ":":
        return False
    head = _HEAD.match(state.src, state.pos)
    if head is None or not (head[1] in ROLES or head[1] in _LABELS):
        return False
    match = _MARK.match(state.src, state.pos)
    if head[1] in _LABELS:
        return bool(match) and _label(state, match, silent)
    if match is None or _is_unclosed(match[1], match[3]):
        if not silent:
            state.pending += head[0]
        state.pos = head.end()
        return True
    if match[3].count("\n") > 1 or not _is_value(match[3]):
        return False
    if not silent:
        token = state.push("myst_role", "", 0)
        token.meta = {"name": ROLES[match[1]], "mark": match[1]}
        token.meta["written"] = " ".join(match[3].split())
        token.content = as_name(token.meta["written"])
    state.pos = match.end()
    return True


def _is_value(value: str) -> bool:
    """Tell whether a mark may have ``value``: letters of any script, with their accents."""
    if _VALUE.match(value):
        return True
    if value.isascii():
        return False
    letters = (sign for sign in as_name(value) if not category(sign).startswith("M"))
    return bool(_VALUE.match("".join(letters)))


def _is_unclosed(key: str, value: str) -> bool:
    """Tell whether the backtick behind ``value`` rather opens a code span."""
    if value[-1] not in _OPENING or value[0].isspace():
        return False
    words = value.split()
    if key.startswith("cite"):
        commas = (one.endswith(",") or two.startswith(",") for one, two in pairwise(words))
        return value.endswith("\n") or not all(commas)
    return value.endswith("\n") or len(words) > 1


def _label(state: StateInline, match: re.Match[str], silent: bool) -> bool:
    """Join a label to the displayed formula that stands directly before it."""
    formula = _formula(state.tokens)
    value = match[3].strip()
    if silent or formula is None or state.pending.strip() or not value or "\n" in value:
        return False
    state.pending = ""
    token = state.push("inline_mark", "", 0)
    token.content = as_name(value)
    names = formula.meta.setdefault("names", [])
    token.meta = {"name": match[1], "mark": match[1], "formula": formula, "at": len(names)}
    token.meta["written"] = value
    names.append((token.content, 0))
    state.pos = match.end()
    return True


def _formula(tokens: list[Token]) -> Token | None:
    """Return the displayed formula that a label behind ``tokens`` would join."""
    before = next((token for token in reversed(tokens) if token.type != "softbreak"), None)
    if before and before.type == "inline_mark":
        return before.meta["formula"]
    return before if before and before.type == "math_inline_double" else None
