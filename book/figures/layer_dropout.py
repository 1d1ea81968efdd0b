"""Dropout: in training some neurons are silent, in use all take part."""

from __future__ import annotations

from book.figures.drawing import BLUE, GREEN, GREY, WHITE, Drawing

DROPPED = {1, 3}


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "layer-dropout",
        460,
        310,
        "Dropout in training and in use",
        "Two copies of a small network with three inputs, five hidden neurons and one output. In "
        "the left one, headed training, the second and the fourth hidden neuron are dashed circles "
        "with a cross and have no connections. In the right one, headed use, all five are there.",
    )
    for left, dropped in ((40, DROPPED), (260, set[int]())):
        inputs = [(left + 10, 102 + 50 * row) for row in range(3)]
        hidden = [(left + 80, 62 + 45 * row) for row in range(5)]
        output = (left + 150, 152)
        for row, place in enumerate(hidden):
            if row in dropped:
                picture.circle(*place, 15, GREY, dashed=True)
                x, y = place
                picture.line((x - 8, y - 8), (x + 8, y + 8), colour=WHITE.edge)
                picture.line((x - 8, y + 8), (x + 8, y - 8), colour=WHITE.edge)
                continue
            for start in inputs:
                picture.connect(start, place, 15, colour="#9ca3af", width=1, tip=False)
            picture.connect(place, output, 15, colour="#9ca3af", width=1, tip=False)
            picture.circle(*place, 15, BLUE)
        for place in inputs:
            picture.circle(*place, 15, GREEN)
        picture.circle(*output, 15, BLUE)
    picture.text(120, 26, "training", bold=True)
    picture.text(340, 26, "use", bold=True)
    picture.note(120, 284, "a new choice each time")
    picture.note(340, 284, "all neurons take part")
    return picture.svg()
