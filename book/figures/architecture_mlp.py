"""A multilayer perceptron with two hidden layers."""

from __future__ import annotations

from itertools import pairwise

from book.figures.drawing import BLUE, GREEN, Drawing

LAYERS = [("inputs", 3, GREEN), ("hidden", 5, BLUE), ("hidden", 4, BLUE), ("outputs", 2, GREEN)]


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "architecture-mlp",
        460,
        300,
        "A multilayer perceptron",
        "Four columns of circles: three inputs, a hidden layer of five neurons, a hidden layer of "
        "four neurons and two outputs. Each circle is connected to all circles of the next column.",
    )
    columns = [
        [(56 + 116 * column, 136 + 50 * (row - (count - 1) / 2)) for row in range(count)]
        for column, (_, count, _) in enumerate(LAYERS)
    ]
    for starts, ends in pairwise(columns):
        for start in starts:
            for end in ends:
                picture.connect(start, end, 18, colour="#9ca3af", width=1, tip=False)
    for places, (name, _, colour) in zip(columns, LAYERS, strict=True):
        for place in places:
            picture.circle(*place, 18, colour)
        picture.note(places[0][0], 278, name)
    return picture.svg()
