"""A cell whose opening fence has lost its backticks: a line ``{.python .input}`` alone."""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock

from polybook.source.rules.cell import input_words
from polybook.source.rules.finding import Finding, report

_FENCE = re.compile(r"^(`{3,}|~{3,})(.*)$")


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] : state.eMarks[line]]


def _is_lost(text: str) -> bool:
    return text[:1] == "{" and ".input" in input_words(text)


def _closing(state: StateBlock, first: int, after: int) -> int | None:
    """Return the line that closes the cell: a fence without an info string comes first."""
    for line in range(first, after):
        text = _line(state, line)
        if match := _FENCE.match(text):
            return None if match[2].strip() else line
        if _is_lost(text):
            return None
    return None


def lost_fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Block rule: push the ``fence`` that the author meant, and report it.

    Where the next fence opens another listing, no cell can be recovered; the
    line stays text and is reported.
    """
    if state.level or state.src[state.bMarks[start] : state.bMarks[start] + 1] != "{":
        return False
    text = _line(state, start)
    if not _is_lost(text):
        return False
    if silent:
        return True
    last = _closing(state, start + 1, end)
    report(
        state.env,
        Finding(
            start,
            "lost-fence",
            "the fence before this line has been lost"
            + (", and nothing closes the cell" if last is None else ""),
            f"write ```{text.strip()}",
            severity="error" if last is None else "warning",
        ),
    )
    if last is None:
        return False
    token = state.push("fence", "code", 0)
    token.info = text.strip()
    token.markup = _line(state, last).strip()
    token.content = "".join(f"{_line(state, line)}\n" for line in range(start + 1, last))
    token.map = [start, last + 1]
    state.line = last + 1
    return True
