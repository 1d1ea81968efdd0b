"""``:begin_tab:`a, b` `` to ``:end_tab:``: text for some frameworks only."""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock

from polybook.source.rules.cell import opens_cell
from polybook.source.rules.finding import Finding, report

_BEGIN = re.compile(r"^:begin_tab:`([^`\n]+)`[ \t]*$")
_END = re.compile(r"^:end_tab:[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] : state.eMarks[line]]


def _end_of_block(state: StateBlock, first: int, after: int) -> tuple[int, bool]:
    """Return the line that ends the block, and whether it is an ``:end_tab:``."""
    fence = ""
    for line in range(first, after):
        text = _line(state, line)
        if fence:
            stripped = text.strip()
            if len(stripped) >= len(fence) and not stripped.strip(fence[0]):
                fence = ""
        elif _END.match(text):
            return line, True
        elif _BEGIN.match(text) or opens_cell(text):
            return line, False
        elif (match := _FENCE.match(text)) and not (match[1][0] == "`" and "`" in match[2]):
            fence = match[1]
    return after, False


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
    if not begin and not _END.match(text):
        return False
    if silent:
        # It ends the list or quotation that stands before it.
        return True
    if state.level:
        return False
    if not begin:
        report(
            state.env,
            Finding(
                start,
                "stray-end-tab",
                ":end_tab: closes nothing",
                "remove it, or begin the block with :begin_tab:`framework`; "
                "a block cannot hold an executable cell",
            ),
        )
        state.line = start + 1
        return True

    last, closed = _end_of_block(state, start + 1, end)
    if not closed:
        report(
            state.env,
            Finding(
                start,
                "unclosed-tab-block",
                f"{text.strip()} is never closed",
                "end the block with a line :end_tab:",
            ),
        )
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
