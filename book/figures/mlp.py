"""A multilayer perceptron: inputs, one hidden layer, outputs, and the weights between them."""

from __future__ import annotations

from itertools import pairwise

from book.figures.drawing import AMBER, BLUE, GREEN, Colour, Drawing, Point

RADIUS = 20
MIDDLE = 158


def column(x: float, distance: float, count: int) -> list[Point]:
    """Return the centres of the neurons of a layer, from top to bottom."""
    return [(x, MIDDLE + distance * (row - (count - 1) / 2)) for row in range(count)]


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "mlp",
        480,
        340,
        "A multilayer perceptron with one hidden layer",
        "Three circles on the left are the inputs x1 to x3, five circles in the middle are the "
        "hidden units h1 to h5, two circles on the right are the outputs o1 and o2. An arrow leads "
        "from each input to each hidden unit; these arrows together are labelled W1. An arrow "
        "leads from each hidden unit to each output; these are labelled W2. No arrow leads from an "
        "input to an output directly.",
    )
    layers: list[tuple[list[Point], Colour, str, str]] = [
        (column(66, 68, 3), GREEN, "x", "inputs\n*d* = 3"),
        (column(240, 52, 5), BLUE, "h", "hidden layer, with *φ*\n*q* = 5"),
        (column(414, 76, 2), AMBER, "o", "outputs\n*m* = 2"),
    ]
    for (starts, *_), (ends, *_) in pairwise(layers):
        for start in starts:
            for end in ends:
                picture.connect(start, end, RADIUS, colour="#9ca3af", width=1)
    for places, colour, letter, caption in layers:
        for row, (x, y) in enumerate(places, 1):
            picture.circle(x, y, RADIUS, colour, f"*{letter}*_{{{row}}}")
        picture.note(places[0][0], 308, caption)
    picture.text(150, 42, "W_{1}", bold=True)
    picture.text(334, 42, "W_{2}", bold=True)
    return picture.svg()
