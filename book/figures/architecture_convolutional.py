"""A small convolutional network: the maps become smaller and more, then a vector."""

from __future__ import annotations

from book.figures.drawing import AMBER, BLUE, GREEN, Drawing


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "architecture-convolutional",
        480,
        250,
        "A convolutional network",
        "From left to right: an image as one sheet of 8 by 8 pixels, six smaller sheets of 6 by 6 "
        "after a convolution, six sheets of 3 by 3 after pooling, and a column of ten outputs "
        "after a fully connected layer.",
    )
    picture.sheets(20, 70, 96, 96, 1, GREEN)
    picture.sheets(160, 88, 72, 72, 6, BLUE)
    picture.sheets(304, 104, 36, 36, 6, BLUE)
    for row in range(10):
        picture.box(424, 44 + 15 * row, 15, 15, AMBER, radius=0)
    picture.arrow((118, 118), (156, 118))
    picture.arrow((266, 118), (300, 118))
    picture.arrow((374, 118), (420, 118))
    picture.note(68, 34, "image")
    picture.note(216, 34, "convolution")
    picture.note(337, 34, "pooling")
    picture.note(431, 28, "dense")
    picture.note(68, 226, "1 × 8 × 8")
    picture.note(216, 226, "6 × 6 × 6")
    picture.note(337, 226, "6 × 3 × 3")
    picture.note(431, 226, "10")
    return picture.svg()
