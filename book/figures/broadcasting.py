"""A column and a row, repeated to a common shape and added."""

from __future__ import annotations

from book.figures.drawing import AMBER, BLUE, GREEN, WHITE, Drawing

COLUMN, ROW = [0, 10, 20], [1, 2, 3, 4]
CELL = 38


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "broadcasting",
        640,
        230,
        "Broadcasting a column and a row to a common shape",
        "A column of shape (3, 1) with entries 0, 10, 20 plus a row of shape (1, 4) with entries "
        "1, 2, 3, 4. Dashed grey cells show the column repeated four times and the row repeated "
        "three times. The sum has shape (3, 4); its entry in row i and column j is the i-th entry "
        "of the column plus the j-th entry of the row.",
    )
    for row, first in enumerate(COLUMN):
        for column, second in enumerate(ROW):
            for left, entry, repeated in (
                (20, first, column > 0),
                (240, second, row > 0),
            ):
                if repeated:
                    x, y = left + CELL * column, 60 + CELL * row
                    picture.box(x, y, CELL, CELL, WHITE, radius=0, dashed=True)
                    picture.text(x + CELL / 2, y + CELL / 2, str(entry), fill=WHITE.edge)
    picture.grid(20, 60, [[entry] for entry in COLUMN], cell=CELL, colour=BLUE)
    picture.grid(240, 60, [ROW], cell=CELL, colour=AMBER)
    total = [[first + second for second in ROW] for first in COLUMN]
    picture.grid(460, 60, total, cell=CELL, colour=GREEN)
    picture.text(206, 117, "+", size=22)
    picture.text(426, 117, "=", size=22)
    for x, shape, words, colour in (
        (96, "(3, 1)", "column, repeated →", BLUE),
        (316, "(1, 4)", "row, repeated ↓", AMBER),
        (536, "(3, 4)", "entry by entry", GREEN),
    ):
        picture.text(x, 32, f"shape {shape}", bold=True)
        picture.text(x, 196, words, size=13, fill=colour.edge)
    return picture.svg()
