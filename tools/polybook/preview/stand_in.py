"""Outputs of an earlier text of a page, shown until the notebook has run again.

Without them a page would lose its plots, and its reader the place, with each edit of a cell.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from difflib import SequenceMatcher

import attrs
from nbformat import NotebookNode

from polybook.execution.record import notebook_bytes
from polybook.execution.store import Stored
from polybook.notebook import CodeCell
from polybook.notebook.cells import code_cell


@attrs.frozen
class StandIn:
    """What a notebook shows until it has run.

    Attributes:
        stored: Its cells with the outputs that those had which they come from.
        outdated: Number, from 0, of the first cell whose outputs may become others; None if
            the cells are the same.
    """

    stored: Stored
    outdated: int | None


def stand_in(before: Stored, cells: Sequence[CodeCell]) -> StandIn:
    """Return outputs for ``cells`` from the run ``before``, which had other cells.

    A cell has the outputs of the one with its code; one that was edited in its place has
    those of the text that it had.
    """
    old = [each for each in before.notebook.cells if each.cell_type == "code"]
    shown = [code_cell(each.source, str(number)) for number, each in enumerate(cells)]
    first = len(shown)
    matcher = SequenceMatcher(
        None, [each.source for each in old], [each.source for each in shown], autojunk=False
    )
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind != "equal":
            first = min(first, j1)
        if kind == "equal" or (kind == "replace" and i2 - i1 == j2 - j1):
            for one, other in zip(old[i1:i2], shown[j1:j2], strict=True):
                other["outputs"] = copy.deepcopy(one.outputs)
                other["execution_count"] = one.execution_count
    notebook: NotebookNode = copy.copy(before.notebook)
    notebook["cells"] = shown
    outdated = first if first < len(shown) else None
    return StandIn(attrs.evolve(before, data=notebook_bytes(notebook)), outdated)
