"""An autoencoder: the data pass through a narrow middle and are restored behind it."""

from __future__ import annotations

from book.figures.drawing import AMBER, BLUE, GREEN, Drawing

# The width of each layer, and its place in the picture.
LAYERS = [(64, 40, GREEN), (32, 132, BLUE), (8, 224, AMBER), (32, 316, BLUE), (64, 408, GREEN)]


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "architecture-autoencoder",
        472,
        270,
        "An autoencoder",
        "Five upright bars whose heights stand for the numbers of values: 64 inputs, 32 hidden "
        "values, a code of 8 values, 32 hidden values and 64 outputs. The part up to the code is "
        "headed encoder, the part from it on decoder.",
    )
    for (count, x, colour), following in zip(LAYERS, [*LAYERS[1:], None], strict=True):
        height = 2.4 * count
        picture.box(x, 134 - height / 2, 24, height, colour, radius=3)
        picture.note(x + 12, 226, str(count))
        if following:
            picture.arrow((x + 28, 134), (following[1] - 4, 134))
    picture.text(132, 28, "encoder", bold=True)
    picture.text(340, 28, "decoder", bold=True)
    for x, name in ((52, "inputs"), (236, "code"), (420, "outputs")):
        picture.note(x, 246, name)
    return picture.svg()
