"""Displayed formulas: ``$$`` that closes where it is meant to, and labels behind it."""

from __future__ import annotations

import re
from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

from polybook.source.rules.mark_line import push_mark_line

_LABELLED = re.compile(r"\$\$[ \t]*((?::(?:eq)?label:(`+)[ \t]*[^`\n]+?[ \t]*\2[ \t]*)+)$")
_LABEL = re.compile(r":((?:eq)?label):(`+)[ \t]*([^`\n]+?)[ \t]*\2")
# MyST's own label, ``$$ (label)``.
_OWN_LABEL = re.compile(r"\([^()$]+\)$")
_PARITY = "polybook_dollars"

BlockRule = Callable[[StateBlock, int, int, bool], bool]


def wrap_display(md: MarkdownIt) -> None:
    """Put :func:`display` around MyST's rule for displayed formulas, if it is there."""
    rules = {rule.name: rule.fn for rule in md.block.ruler.__rules__}
    if "math_block" in rules:
        md.block.ruler.at("math_block", display(rules["math_block"]), {"alt": ["paragraph"]})


def display(rule: BlockRule) -> BlockRule:
    """Return a block rule for displayed formulas that adds to ``rule``:

    a formula of several lines may stand directly under text, whatever its
    lines begin with; labels may follow its closing ``$$``; text behind that
    leaves the formula to its paragraph. One that begins behind its dollars
    holds no blank line.
    """

    def math_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        if state.is_code_block(start):
            return False
        begin = state.bMarks[start] + state.tShift[start]
        if not state.src.startswith("$$", begin):
            return False
        if "$$" in state.src[begin + 2 : state.eMarks[start]]:
            return not silent and rule(state, start, end, silent)
        if silent and _is_open(state, start):
            return False
        behind_opening = state.src[begin + 2 : state.eMarks[start]].strip()
        for line in range(start + 1, end):
            text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
            if not text.strip() and (silent or behind_opening):
                return False  # Dollars out of step would take in the text between.
            closing = text.find("$$")
            if closing < 0:
                continue
            match = _LABELLED.match(text, closing)
            behind = text[closing + 2 :].strip()
            if silent:
                return bool(match) or not behind
            if match:
                return _push(state, start, line, match, text)
            if behind and "$$" not in behind:
                return _OWN_LABEL.match(behind) is not None and rule(state, start, end, silent)
            return rule(state, start, end, silent)
        # Nothing closes it.
        return False

    return math_block


def _push(
    state: StateBlock, start: int, last: int, match: re.Match[str], closing_line: str
) -> bool:
    begin = state.bMarks[start] + state.tShift[start]
    lines = [state.src[begin + 2 : state.eMarks[start]]]
    lines += [state.src[state.bMarks[n] : state.eMarks[n]] for n in range(start + 1, last)]
    lines.append(closing_line[: match.start()])
    token = state.push("math_block", "math", 0)
    token.block = True
    token.content = "\n".join(lines)
    token.markup = "$$"
    token.map = [start, last + 1]
    offset = state.tShift[last] + state.bMarks[last] + match.start(1)
    for label in _LABEL.finditer(match[1]):
        place = (offset + label.start(), offset + label.end())
        line_start = state.bMarks[last]
        columns = (place[0] - line_start, place[1] - line_start)
        push_mark_line(state, label[1], label[3], last).meta["columns"] = columns
    state.line = last + 1
    return True


def _is_open(state: StateBlock, line: int) -> bool:
    """Tell whether the paragraph before ``line`` has begun a formula without ending it."""
    first = state.line
    paragraph, upto, count = state.env.get(_PARITY, (-1, 0, 0))
    if paragraph != first or upto > line:
        upto, count = first, 0
    for number in range(upto, line):
        text = state.src[state.bMarks[number] : state.eMarks[number]]
        count += text.replace("\\$", "").count("$$")
    state.env[_PARITY] = (first, line, count)
    return count % 2 == 1
