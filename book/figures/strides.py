"""A matrix and the row of memory cells that holds it."""

from __future__ import annotations

from book.figures.drawing import AMBER, BLUE, GREEN, Drawing

CELL = 36


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "strides",
        560,
        290,
        "A 3 by 4 matrix and the row of memory that holds it",
        "Above, a matrix with three rows and four columns holding the numbers 0 to 11, one colour "
        "per row. Below, the same twelve numbers in one row of memory cells: first row, second "
        "row, third row. One step down in the matrix is four cells in memory, one step to the "
        "right is one cell.",
    )
    for row, colour in enumerate((BLUE, AMBER, GREEN)):
        entries = [[4 * row + column for column in range(4)]]
        picture.grid(190, 44 + CELL * row, entries, cell=CELL, colour=colour)
        picture.grid(64 + 4 * CELL * row, 208, entries, cell=CELL, colour=colour)
    picture.text(262, 23, "shape (3, 4)", bold=True)
    picture.arrow((174, 62), (174, 94))
    picture.text(162, 79, "one row down:\n4 cells on", size=13, anchor="end")
    picture.arrow((348, 62), (384, 62))
    picture.text(394, 62, "one column right:\n1 cell on", size=13, anchor="start")
    picture.text(64, 173, "memory", anchor="start", bold=True)
    picture.arrow((118, 204), (148, 174), (232, 174), (262, 204), curved=True)
    picture.text(190, 171, "+4", bold=True)
    picture.arrow((266, 248), (270, 264), (290, 264), (298, 248), curved=True)
    picture.text(282, 271, "+1", bold=True)
    return picture.svg()
