"""A table in HTML, as pandas and others write it, as a grid of cells."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs
from bs4 import Tag

# More is a mistake, or an attack on our memory.
_WIDEST = 1000
_NUMBER = re.compile(r"[-+−]?[$€£¥]?\s?(\d[\d,  ]*\.?\d*|\.\d+)(e[-+]?\d+)?\s?%?j?$", re.IGNORECASE)
_NO_VALUE = {"", "...", "…", "nan", "none", "<na>", "nat", "null", "inf", "-inf", "-", "–", "—"}


@attrs.frozen
class Cell:
    """A cell: its place and size in the grid, its text, whether it is a heading.

    Attributes:
        link: The address that the text links to; empty if it links nowhere.
    """

    row: int
    column: int
    rows: int
    columns: int
    text: str
    heading: bool
    link: str = ""


@attrs.frozen
class Grid:
    """A table.

    Attributes:
        cells: In the order of rows, then of columns; they cover the grid.
        rows: How many rows there are.
        columns: How many columns there are.
        head: How many of the rows are its head.
        stubs: How many columns at the left hold headings of rows.
        caption: Its caption; may be empty.
    """

    cells: tuple[Cell, ...]
    rows: int
    columns: int
    head: int
    stubs: int
    caption: str = ""

    def column_texts(self, column: int, head: bool = True) -> list[str]:
        """Return the texts that stand in one column alone."""
        return [
            cell.text
            for cell in self.cells
            if cell.column == column and cell.columns == 1 and (head or cell.row >= self.head)
        ]

    def is_numeric(self, column: int) -> bool:
        """Tell whether a column has numbers below its head, and nothing else."""
        texts = [text.strip() for text in self.column_texts(column, head=False)]
        values = [text for text in texts if text.lower() not in _NO_VALUE]
        return bool(values) and all(_NUMBER.match(text) for text in values)

    def part(self, first: int, last: int) -> Grid:
        """Return the table with its stubs and the columns from ``first`` up to ``last``."""
        kept = [*range(self.stubs), *range(first, last)]
        cells = []
        for cell in self.cells:
            inside = [
                at
                for at, column in enumerate(kept)
                if cell.column <= column < cell.column + cell.columns
            ]
            if inside:
                cells.append(attrs.evolve(cell, column=inside[0], columns=len(inside)))
        return attrs.evolve(self, cells=tuple(cells), columns=len(kept))


def read_table(table: Tag) -> Grid | None:
    """Return the grid of a ``<table>``; ``None`` if it has no cells.

    Cells that the rows lack are empty ones.
    """
    rows = [row for row in table.find_all("tr") if row.find_parent("table") is table]
    head = sum(1 for _ in _head_rows(rows))
    taken: dict[tuple[int, int], Cell] = {}
    cells: list[Cell] = []
    for at, row in enumerate(rows):
        column = 0
        # A cell does not reach from the head into the body.
        below = (head if at < head else len(rows)) - at
        for each in row.find_all(["td", "th"], recursive=False):
            while (at, column) in taken:
                column += 1
            wide = 1
            while wide < _span(each, "colspan") and (at, column + wide) not in taken:
                wide += 1
            cell = Cell(
                at,
                column,
                min(_span(each, "rowspan"), below),
                wide,
                _text(each),
                each.name == "th",
                _link(each),
            )
            cells.append(cell)
            for down in range(cell.rows):
                for right in range(wide):
                    taken[at + down, column + right] = cell
    columns = max((column + 1 for _, column in taken), default=0)
    for at in range(len(rows)):
        for column in range(columns):
            if (at, column) not in taken:
                cells.append(Cell(at, column, 1, 1, "", at < head))
    if not cells or not any(cell.text for cell in cells):
        return None
    cells.sort(key=lambda cell: (cell.row, cell.column))
    body = [row for row in range(head, len(rows))]
    stubs = 0
    while body and all((r, stubs) in taken and taken[r, stubs].heading for r in body):
        stubs += 1
    caption = table.find("caption")
    # A table of nothing but headings has columns all the same.
    stubs = stubs if stubs < columns else 0
    return Grid(tuple(cells), len(rows), columns, head, stubs, _text(caption) if caption else "")


def _head_rows(rows: list[Tag]) -> Iterator[Tag]:
    for row in rows:
        cells = row.find_all(["td", "th"], recursive=False)
        in_head = row.find_parent(["thead", "table"]).name == "thead"
        if not in_head and not (cells and all(cell.name == "th" for cell in cells)):
            return
        yield row


def _span(cell: Tag, name: str) -> int:
    given = str(cell.get(name, "1")).strip()
    return max(1, min(int(given), _WIDEST)) if given.isdecimal() else 1


def _text(cell: Tag) -> str:
    return " ".join(cell.get_text(" " if cell.find(["br", "p", "div", "li"]) else "").split())


def _link(cell: Tag) -> str:
    link = cell.find("a", href=True)
    address = str(link["href"]) if link else ""
    return address if address.startswith(("http://", "https://")) else ""
