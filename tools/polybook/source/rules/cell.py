"""Executable cells: top-level fences such as ```` ```{.python .input} ````."""

from __future__ import annotations

import re

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from polybook.source.pragma import is_select
from polybook.source.rules.finding import Finding, report

CODE_CELL = re.compile(r"^\s*\{code-cell\}(\s|$)")
_OPENING = re.compile(r"^(`{3,}|~{3,})(?P<info>.*)$")


def input_words(info: str) -> list[str]:
    """Return the words in the braces of an info string; ``.input`` may stand without braces."""
    info = info.strip()
    if info == ".input":
        return [info]
    if not (info.startswith("{") and info.endswith("}")):
        return []
    return info[1:-1].split()


def is_cell_info(info: str) -> bool:
    """Tell whether a fence with this info string is executable."""
    return ".input" in input_words(info) or bool(CODE_CELL.match(info))


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
    """Core rule: name the executable fences at the top level.

    They become ``cell`` tokens; a cell that only lets plain Jupyter choose a
    framework becomes ``select``, and outputs stored below a cell become
    ``stored_output``. A fence inside a list or a quotation is a listing,
    whatever its info string says. A fence that nothing closes is reported.
    """
    lines = state.src.split("\n")
    before = ""  # The type of the block that stands before.
    for token in state.tokens:
        if token.type == "fence" and token.map:
            first, after = token.map
            last = lines[after - 1] if after - 1 < len(lines) else ""
            closed = after - 1 > first and _closes(last, token.markup)
            if not closed and token.level == 0:
                report(state.env, _unclosed(token, first))
            if token.level == 0:
                _name(state, token, before, lines[first])
        if token.level == 0:
            before = token.type


def _name(state: StateCore, token: Token, before: str, opening: str) -> None:
    """Give a top-level fence its type."""
    assert token.map
    line = token.map[0]
    if is_cell_info(token.info):
        if CODE_CELL.match(token.info) or not opening[:1].isspace():
            token.type = "select" if is_select(token.content) else "cell"
            return
        report(
            state.env,
            Finding(
                line,
                "indented-fence",
                "this fence is indented, so that it is a listing and does not run",
                "let the fence of a cell begin in the first column",
                severity="warning",
            ),
        )
    elif before in ("cell", "select", "stored_output") and ".output" in input_words(token.info):
        token.type = "stored_output"
        report(
            state.env,
            Finding(
                line,
                "stored-output",
                "outputs that are stored in a chapter are not shown",
                "remove them; polybook runs the cell and keeps its outputs",
                severity="warning",
            ),
        )


def _unclosed(token: Token, line: int) -> Finding:
    return Finding(
        line,
        "unclosed-fence",
        "this fence is never closed; everything after it is code",
        f"close it with a line {token.markup}",
    )
