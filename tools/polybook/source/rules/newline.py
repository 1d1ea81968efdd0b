"""The end of a line in a Chinese or Japanese sentence: no blank.

These scripts put no blanks between words, so where an author broke a line
between two of their signs, the reader must see the two side by side. (Pandoc
calls this ``east_asian_line_breaks``.) Korean has blanks between words, and
all other ends of lines stay as CommonMark has them.
"""

from __future__ import annotations

from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.newline import newline as plain_newline

from polybook.source.rules.emphasis import is_cjk, is_hangul


def newline(state: StateInline, silent: bool) -> bool:
    """Inline rule: as markdown-it's own, except between two such signs."""
    if state.src[state.pos] != "\n" or not _between(state):
        return plain_newline(state, silent)
    if not silent:
        state.pending = state.pending.rstrip(" \t")
    state.pos += 1
    while state.pos < state.posMax and state.src[state.pos] in " \t":
        state.pos += 1
    return True


def _between(state: StateInline) -> bool:
    """Tell whether the line ends in a sign of such a script and the next one begins with one."""
    if state.pending.endswith("  "):
        return False  # The author breaks the line.
    # Marks of emphasis are not seen.
    before, after = state.pos - 1, state.pos + 1
    while before >= 0 and state.src[before] in " \t*":
        before -= 1
    while after < state.posMax and state.src[after] in " \t*":
        after += 1
    return (
        before >= 0
        and after < state.posMax
        and all(map(_has_no_blanks, (state.src[before], state.src[after])))
    )


def _has_no_blanks(char: str) -> bool:
    return is_cjk(char) and not is_hangul(char)
