"""The text of a library's module: its header, its imports and its statements."""

from __future__ import annotations

from collections.abc import Sequence

from polybook.library.assembly import Assembly, Unit, defined_in
from polybook.library.imports import render_imports

HEADER = """\
# {module}: the code that the book saves with `#@save`.
# Generated from the chapters by `polybook library`. Do not edit it: edit the chapters.
"""


def lay_out(
    assembly: Assembly, pieces: Sequence[tuple[Unit, str]], module: str
) -> tuple[str, list[int]]:
    """Return the text of a module, and for each piece the row of the text on which it begins.

    Args:
        assembly: Holds the imports.
        pieces: The statements with their texts, in order.
        module: The dotted name of the module.
    """
    text = HEADER.format(module=module)
    if imports := render_imports(assembly.imports, module):
        text += f"\n{imports}\n"
    rows = []
    before: Unit | None = None
    for unit, piece in pieces:
        gap = _gap(before, unit)
        text += "\n" * gap
        rows.append(text.count("\n") + 1)
        if gap:
            text += f"{defined_in(unit.statement)}\n"
        text += f"{piece}\n"
        before = unit
    return text, rows


def _gap(before: Unit | None, unit: Unit) -> int:
    """Return how many blank lines stand above ``unit``."""
    if unit.kind in ("function", "class") or (before and before.kind in ("function", "class")):
        return 2
    # Simple statements of one cell stay together, under one comment.
    return int(before is None or before.statement.cell is not unit.statement.cell)
