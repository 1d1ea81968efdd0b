"""Outputs that stand in until a notebook has run again."""

from __future__ import annotations

import attrs
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from polybook.execution import Key, Record
from polybook.execution.record import notebook_bytes
from polybook.execution.store import Stored
from polybook.preview.stand_in import stand_in


@attrs.frozen
class Code:
    source: str


@pytest.mark.parametrize(
    ("cells", "outputs", "outdated"),
    [
        ("abc", "ABC", None),
        ("abx", "ABC", 2),
        ("axc", "ABC", 1),
        ("axbc", "A-BC", 1),
        ("bc", "BC", 0),
        ("abcx", "ABC-", 3),
    ],
)
def test_cells_keep_what_they_showed(cells: str, outputs: str, outdated: int | None) -> None:
    ran = [new_code_cell(name, outputs=[new_output("stream", text=name.upper())]) for name in "abc"]
    record = Record("page.md", "one", Key(()), 1.0, 1, {}, "3.11")
    found = stand_in(
        Stored(record, notebook_bytes(new_notebook(cells=ran))), [Code(name) for name in cells]
    )
    shown = [cell.outputs[0].text if cell.outputs else "-" for cell in found.stored.notebook.cells]
    assert "".join(shown) == outputs
    assert found.outdated == outdated
