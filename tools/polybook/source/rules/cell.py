"""Executable cells: top-level fences such as ```` ```{.python .input} ````."""

from __future__ import annotations

import re

from markdown_it.rules_core import StateCore

from polybook.source.rules.finding import Finding, report

_INPUT = re.compile(r"^\s*(\{[^}]*\.input\b[^}]*\}|\.input)\s*$")
_OPENING = re.compile(r"^(`{3,}|~{3,})(?P<info>.*)$")


def is_cell_info(info: str) -> bool:
    """Tell whether a fence with this info string is executable."""
    return bool(_INPUT.match(info))


def opens_cell(line: str) -> bool:
    """Tell whether ``line`` is the opening fence of an executable cell."""
    match = _OPENING.match(line)
    return bool(match) and is_cell_info(match["info"])


def _closes(line: str, markup: str) -> bool:
    """Tell whether ``line`` closes a fence that ``markup`` opened."""
    line = line.expandtabs(4)
    fence = line.strip()
    return line[:4].strip() != "" and len(fence) >= len(markup) and not fence.strip(markup[0])


def cell(state: StateCore) -> None:
    """Core rule: turn executable fences at the top level into ``cell`` tokens.

    A fence inside a list or a quotation is a listing, whatever its info
    string says. A fence that nothing closes is reported.
    """
    lines = state.src.split("\n")
    for token in state.tokens:
        if token.type != "fence" or not token.map:
            continue
        first, after = token.map
        last = lines[after - 1] if after - 1 < len(lines) else ""
        closed = after - 1 > first and _closes(last, token.markup)
        if not closed and token.level == 0:
            report(
                state.env,
                Finding(
                    first,
                    "unclosed-fence",
                    "this fence is never closed; everything after it is code",
                    f"close it with a line {token.markup}",
                ),
            )
        if token.level == 0 and is_cell_info(token.info):
            token.type = "cell"
