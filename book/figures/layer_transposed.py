"""A transposed convolution: each entry lays down a multiple of the kernel."""

from __future__ import annotations

from book.figures.drawing import AMBER, BLUE, GREEN, GREY, Drawing

INPUT = [[1, 2], [0, 3]]
KERNEL = [[1, 2], [3, 4]]


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "layer-transposed",
        460,
        230,
        "A transposed convolution with stride 2",
        "A two by two input with entries in four colours, a two by two kernel with the entries 1, "
        "2, 3 and 4, and a four by four output. Each quarter of the output has the colour of one "
        "entry of the input and holds the kernel multiplied by this entry.",
    )
    picture.note(62, 32, "input, 2 × 2")
    picture.note(200, 32, "kernel, 2 × 2")
    picture.note(368, 32, "output, 4 × 4")
    for index, colour in enumerate((GREEN, BLUE, AMBER, GREY)):
        down, right = divmod(index, 2)
        entry = INPUT[down][right]
        picture.grid(30 + 32 * right, 86 + 32 * down, [[entry]], cell=32, colour=colour)
        scaled = [[entry * weight for weight in weights] for weights in KERNEL]
        picture.grid(304 + 64 * right, 54 + 64 * down, scaled, cell=32, colour=colour)
    picture.text(131, 118, "and", size=13)
    picture.grid(168, 86, KERNEL, cell=32)
    picture.arrow((246, 118), (290, 118))
    picture.note(230, 208, "Each entry of the input is multiplied by the whole kernel.")
    return picture.svg()
