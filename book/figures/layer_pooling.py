"""Maximum pooling: each window of two by two entries leaves its largest."""

from __future__ import annotations

from book.figures.drawing import AMBER, BLUE, GREEN, GREY, WHITE, Drawing

INPUT = [[1, 3, 0, 2], [4, 2, 1, 1], [0, 5, 7, 6], [2, 1, 3, 8]]


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "layer-pooling",
        400,
        210,
        "Maximum pooling",
        "A four by four grid is divided into four windows of two by two entries, each in a colour "
        "of its own. An arrow leads to a two by two grid that holds the largest entry of each "
        "window in the same colour.",
    )
    picture.note(96, 32, "input, 4 × 4")
    picture.note(308, 32, "output, 2 × 2")
    for index, colour in enumerate((GREEN, BLUE, AMBER, GREY)):
        down, right = divmod(index, 2)
        window = [line[2 * right : 2 * right + 2] for line in INPUT[2 * down : 2 * down + 2]]
        picture.grid(32 + 64 * right, 54 + 64 * down, window, cell=32, colour=colour)
        largest = max(map(max, window))
        picture.grid(276 + 32 * right, 86 + 32 * down, [[largest]], cell=32, colour=colour)
    picture.arrow((178, 118), (258, 118), colour=WHITE.edge)
    picture.note(218, 104, "largest")
    return picture.svg()
