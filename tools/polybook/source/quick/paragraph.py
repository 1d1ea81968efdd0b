"""Paragraphs, and headings that are underlined: their lines are looked at once, not twice."""

from __future__ import annotations

import re
from collections.abc import Mapping

from markdown_it import MarkdownIt
from markdown_it.rules_block.paragraph import paragraph as plain_paragraph

from polybook.source.quick.block import FIRST, BlockState
from polybook.source.quick.dispatch import RulesAt

_UNDERLINE = re.compile(r"(-+|=+)[ \t]*(?:\n|$)")


def quick_paragraphs(md: MarkdownIt, first: Mapping[str, str]) -> None:
    """Let ``md`` read underlined headings and paragraphs by the rules here."""
    rules = _Rules(md, {**FIRST, **first})
    md.block.ruler.at("lheading", rules.heading)
    md.block.ruler.at("paragraph", rules.paragraph)


class _Rules:
    """The two rules; the first tells the second where the paragraph ends that it has found."""

    def __init__(self, md: MarkdownIt, first: Mapping[str, str]) -> None:
        self._enders = RulesAt(md.block.ruler, "paragraph", first)

    def heading(self, state: BlockState, start: int, end: int, silent: bool) -> bool:
        """Block rule: as markdown-it's ``lheading``."""
        if state.is_code_block(start):
            return False
        parent = state.parentType
        # As markdown-it has it, this stays where no heading is found.
        state.parentType = "paragraph"
        last, sign = self._end(state, start, end)
        if not sign:
            state.scanned = (start, end, state.blkIndent, last)
            return False
        state.line = last + 1
        tag = "h1" if sign == "=" else "h2"
        _push(state, "heading", tag, (start, last), last + 1, sign)
        state.parentType = parent
        return True

    def paragraph(self, state: BlockState, start: int, end: int, silent: bool) -> bool:
        """Block rule: as markdown-it's own."""
        scanned, state.scanned = state.scanned, None
        if scanned is None or scanned[:3] != (start, state.lineMax, state.blkIndent):
            return plain_paragraph(state, start, end, silent)
        state.line = scanned[3]
        _push(state, "paragraph", "p", (start, state.line), state.line, "")
        return True

    def _end(self, state: BlockState, start: int, end: int) -> tuple[int, str]:
        """Return the line that ends the text at ``start``, and the sign that underlines it."""
        src, begins, shifts, ends = state.src, state.bMarks, state.tShift, state.eMarks
        for line in range(start + 1, end):
            at = begins[line] + shifts[line]
            if at >= ends[line]:
                return line, ""
            indent = state.sCount[line]
            if indent - state.blkIndent > 3:
                continue
            first = src[at]
            if first in "-=" and indent >= state.blkIndent and _UNDERLINE.match(src, at):
                return line, first
            if indent < 0:
                continue
            for rule in self._enders[first]:
                if rule(state, line, end, True):
                    return line, ""
        return max(start + 1, end), ""


def _push(
    state: BlockState, kind: str, tag: str, lines: tuple[int, int], after: int, markup: str
) -> None:
    """Push the tokens of a block that holds the text of ``lines``."""
    opening = state.push(f"{kind}_open", tag, 1)
    opening.markup = markup
    opening.map = [lines[0], after]
    inline = state.push("inline", "", 0)
    inline.content = state.getLines(*lines, state.blkIndent, False).strip()
    inline.map = list(lines)
    inline.children = []
    state.push(f"{kind}_close", tag, -1).markup = markup
