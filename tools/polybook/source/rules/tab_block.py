"""``:begin_tab:`a, b` `` to ``:end_tab:``: text for some frameworks only."""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock

from polybook.source.rules.cell import opens_cell
from polybook.source.rules.finding import Finding, report
from polybook.source.rules.mark_line import BLANKS

_BEGIN = re.compile(rf"^:begin_tab:`([^`\n]+)`{BLANKS}$")
_END = re.compile(rf"^:end_tab:{BLANKS}$")
# Misspelt marks stay text, which reports them; here they keep one mistake from
# being reported twice.
_MEANT_BEGIN = re.compile(r"^\s*[:：]?\s*begin_tab\s*[:：]")
_MEANT_END = re.compile(r"^\s*[:：]\s*end_tab\s*[:：]")
_NAMELESS = re.compile(rf"^:begin_tab:{BLANKS}$")
_CUT = "polybook_cut_tab_block"
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] : state.eMarks[line]]


def _end_of_block(state: StateBlock, first: int, after: int) -> tuple[int, str]:
    """Return the line that ends the block and what it is.

    It is its ``mark``, a ``misspelt`` one, the next ``block``, a ``cell`` or
    the end of the ``text``.
    """
    fence = ""
    for line in range(first, after):
        text = _line(state, line)
        if fence:
            stripped = text.strip()
            if len(stripped) >= len(fence) and not stripped.strip(fence[0]):
                fence = ""
        elif _END.match(text):
            return line, "mark"
        elif _MEANT_END.match(text):
            return line, "misspelt"
        elif _BEGIN.match(text):
            return line, "block"
        elif opens_cell(text):
            return line, "cell"
        elif (match := _FENCE.match(text)) and not (match[1][0] == "`" and "`" in match[2]):
            fence = match[1]
    return after, "text"


def _is_reported(state: StateBlock, end: int) -> bool:
    """Tell whether a mistake that leaves the ``:end_tab:`` at ``end`` alone is known."""
    if state.env.pop(_CUT, False):
        return True
    for line in reversed(range(end)):
        text = _line(state, line)
        if _MEANT_BEGIN.match(text):
            return not _BEGIN.match(text)
        if _END.match(text):
            break
    return False


def tab_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Block rule: push ``tab_block_open``, the block's own tokens, ``tab_block_close``.

    The marks stand at column 0. A block without an end closes before the next
    block, the next executable cell or at the end of the text; so does every
    book written for d2lbook that still builds, and here it is reported. An
    end without a beginning is reported and left out.
    """
    at = state.bMarks[start]
    if state.src[at : at + 1] != ":" or state.src[max(at - 1, 0) : at] not in ("", "\n"):
        return False
    text = _line(state, start)
    begin = _BEGIN.match(text)
    nameless = _NAMELESS.match(text)
    if not begin and not nameless and not _END.match(text):
        return False
    if silent:
        # It ends the list or quotation that stands before it.
        return True
    if state.level:
        return False
    if nameless:
        report(
            state.env,
            Finding(
                start,
                "near-miss-mark",
                ":begin_tab: is kept as text: it names no framework",
                "write :begin_tab:`framework`",
            ),
        )
        return False
    if not begin:
        if not _is_reported(state, start):
            report(
                state.env,
                Finding(
                    start,
                    "stray-end-tab",
                    ":end_tab: closes nothing",
                    "remove it, or begin the block with :begin_tab:`framework`",
                ),
            )
        state.line = start + 1
        return True

    last, ending = _end_of_block(state, start + 1, end)
    closed = ending == "mark"
    state.env[_CUT] = ending == "cell"
    if ending not in ("mark", "misspelt"):
        message = f"{text.strip()} is never closed"
        suggestion = "end the block with a line :end_tab:"
        if ending == "cell":
            message = f"{text.strip()} is not closed before the next cell"
            suggestion = "put :end_tab: before the cell, which no tab block can hold"
        report(state.env, Finding(start, "unclosed-tab-block", message, suggestion))
    names = [name.strip() for name in begin[1].split(",") if name.strip()]
    after = last + 1 if closed else last

    opening = state.push("tab_block_open", "div", 1)
    opening.block = True
    opening.meta = {"names": names, "content": (start + 1, last)}
    opening.map = [start, after]

    line_max, parent = state.lineMax, state.parentType
    state.lineMax, state.parentType = last, "tab_block"  # type: ignore[assignment]
    state.md.block.tokenize(state, start + 1, last)
    state.lineMax, state.parentType = line_max, parent

    state.push("tab_block_close", "div", -1).block = True
    state.line = after
    return True
