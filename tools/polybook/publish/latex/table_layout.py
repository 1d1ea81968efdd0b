"""How a table gets onto a page that is only so wide: its columns' widths, its size, its parts."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import attrs
from docutils import nodes
from sphinx import addnodes

from polybook.publish.latex.html_table import Cell, Grid

# How many digits a line of the default paper holds, by the size of the type.
SIZES = (("", 72), ("footnotesize", 90), ("scriptsize", 104))
# What stands between two columns, in digits: \tabcolsep on either side.
_BETWEEN = 2.4
# A column of words is broken into lines rather than be wider than this.
_LONGEST = 36


def text_width(text: str) -> int:
    """Return about how wide a text is, in digits; a Chinese character is as wide as two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


@attrs.frozen
class Column:
    """A column: how wide it would be in one line, and how wide it must be, in digits.

    Attributes:
        side: ``l``, ``c`` or ``r``.
    """

    whole: int
    least: int
    side: str = "l"


def column_of(texts: Sequence[str], side: str = "l") -> Column:
    """Return the column with these texts."""
    words = (word for text in texts for word in text.split())
    whole = max(map(text_width, texts), default=1)
    least = whole if side == "r" else max(map(text_width, words), default=1)
    return Column(max(whole, 1), max(min(least, _LONGEST), 1), side)


def natural_width(columns: Sequence[Column], longest: int = _LONGEST) -> float:
    """Return how wide a table is, in digits, if long texts are broken into lines."""
    wide = (max(column.least, min(column.whole, longest)) for column in columns)
    return sum(wide) + _BETWEEN * len(columns)


def column_spec(columns: Sequence[Column], line: int) -> str:
    """Return LaTeX's specification of the columns, for a line of so many digits.

    What fits is set in one line each; otherwise columns of text share what the others leave.
    """
    if natural_width(columns, 10**6) <= line:
        return "".join(column.side for column in columns)
    room = line - _BETWEEN * len(columns)
    short = [column.whole <= max(column.least, 12) for column in columns]
    room -= sum(each.whole for each, fits in zip(columns, short, strict=True) if fits)
    least = sum(each.least for each, fits in zip(columns, short, strict=True) if not fits)
    wanted = sum(
        each.whole - each.least for each, fits in zip(columns, short, strict=True) if not fits
    )
    if room <= 0 or not wanted:
        return "".join(column.side for column in columns)
    extra = max(room - least, 0)
    spec = ""
    for each, fits in zip(columns, short, strict=True):
        if fits:
            spec += each.side
        else:
            share = each.least + extra * (each.whole - each.least) / wanted
            spec += _broken(min(share, each.whole) / (line + 1), each.side)
    return spec


def _broken(share: float, side: str) -> str:
    """Return the column of this share of the line, whose text is broken."""
    ragged = {"l": "raggedright", "c": "centering", "r": "raggedleft"}[side]
    return rf">{{\{ragged}\arraybackslash}}p{{{share:.3f}\linewidth}}"


def fitting_size(columns: Sequence[Column], share: float = 1) -> tuple[str, int]:
    """Return the largest type in which a table fits, and how many digits its line holds.

    Args:
        columns: The columns.
        share: How long a line of the paper is beside one of the default paper.
    """
    wide = natural_width(columns)
    sizes = [(name, int(digits * share)) for name, digits in SIZES]
    return next((size for size in sizes if wide <= size[1]), sizes[-1])


def in_size(size: str, content: list[nodes.Node]) -> list[nodes.Node]:
    r"""Return nodes that LaTeX sets in a size such as ``footnotesize``."""
    if not size:
        return content
    # What stands between columns shrinks with the type, or a table would be wider than its columns.
    share = SIZES[0][1] / dict(SIZES)[size]
    begin = rf"\begingroup\{size}\setlength{{\tabcolsep}}{{{share:.2f}\tabcolsep}}"
    end = r"\par\endgroup"
    return [
        nodes.raw("", begin, format="latex"),
        *content,
        nodes.raw("", end, format="latex"),
    ]


def grid_nodes(grid: Grid, share: float = 1) -> list[nodes.Node]:
    """Return the nodes of a table, or of several with the same stubs if it is too wide for one.

    Args:
        grid: The table.
        share: How long a line of the paper is beside one of the default paper.
    """
    columns = [
        column_of(grid.column_texts(at), "r" if grid.is_numeric(at) else "l")
        for at in range(grid.columns)
    ]
    size, line = fitting_size(columns, share)
    made: list[nodes.Node] = []
    for part in _parts(columns, grid.stubs, line):
        kept = [*range(grid.stubs), *part]
        some = grid.part(part.start, part.stop)
        spec = column_spec([columns[at] for at in kept], line)
        made += [addnodes.tabular_col_spec(spec=spec), _table(some)]
    if grid.caption:
        made.insert(0, nodes.paragraph(grid.caption, grid.caption, classes=["table-caption"]))
    return in_size(size, made)


def _parts(columns: Sequence[Column], stubs: int, line: int) -> list[range]:
    """Return which columns beside the stubs stand in each table; each has one at least."""
    parts: list[range] = []
    first = stubs
    for at in range(stubs + 1, len(columns)):
        if natural_width([*columns[:stubs], *columns[first : at + 1]]) > line:
            parts.append(range(first, at))
            first = at
    return [*parts, range(first, len(columns))]


def _table(grid: Grid) -> nodes.table:
    table = nodes.table(classes=["output", "colwidths-auto"])
    group = nodes.tgroup(cols=grid.columns)
    table += group
    for at in range(grid.columns):
        colspec = nodes.colspec(colwidth=1)
        if at < grid.stubs:
            colspec["stub"] = 1
        group += colspec
    rows = [nodes.row() for _ in range(grid.rows)]
    numeric = [grid.is_numeric(at) for at in range(grid.columns)]
    for cell in grid.cells:
        rows[cell.row] += _entry(cell, cell.columns == 1 and numeric[cell.column])
    if grid.head:
        group += nodes.thead("", *rows[: grid.head])
    group += nodes.tbody("", *rows[grid.head :])
    return table


def _entry(cell: Cell, numeric: bool) -> nodes.entry:
    entry = nodes.entry(classes=["numeric"] if numeric else [])
    if cell.rows > 1:
        entry["morerows"] = cell.rows - 1
    if cell.columns > 1:
        entry["morecols"] = cell.columns - 1
    paragraph = nodes.paragraph()
    if cell.link:
        paragraph += nodes.reference("", cell.text, refuri=cell.link)
    elif cell.text:
        paragraph += nodes.Text(cell.text)
    entry += paragraph
    return entry
