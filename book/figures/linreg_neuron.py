"""Linear regression as a network with a single neuron."""

from __future__ import annotations

from book.figures.drawing import AMBER, BLUE, GREEN, Drawing


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "linreg-neuron",
        460,
        300,
        "Linear regression as a neural network",
        "Circles for the features x1, x2 and so on to xd stand in a column on the left. A line "
        "labelled with a weight, w1, w2, wd, leads from each to a single circle on the right, "
        "which adds them up together with the bias b and gives the prediction y hat.",
    )
    picture.arrow((98, 50), (271.4, 122.2))
    picture.arrow((98, 116), (266, 132.3))
    picture.arrow((98, 222), (271.4, 149.8))
    picture.arrow((304, 226), (304, 172))
    picture.arrow((338, 136), (400, 136))
    for y, index in ((46, "1"), (114, "2"), (226, "d")):
        picture.circle(76, y, 22, GREEN)
        picture.text(76, y, f"*x*_{{{index}}}", size=15)
    picture.dots(76, 170)
    picture.circle(304, 136, 34, BLUE)
    picture.text(304, 136, "sum", size=15)
    picture.text(304, 241, "bias *b*", size=15)
    picture.text(418, 136, "*ŷ*", size=15)
    for x, y, index in ((192, 71, "1"), (166, 109, "2"), (192, 201, "d")):
        picture.text(x, y, f"*w*_{{{index}}}", size=15, fill=AMBER.edge)
    picture.note(76, 273, "inputs")
    picture.note(304, 273, "output layer: one neuron")
    return picture.svg()
