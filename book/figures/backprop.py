"""The computational graph of a network with one hidden layer and a penalty on its weights."""

from __future__ import annotations

from itertools import pairwise

from book.figures.drawing import AMBER, BLUE, GREEN, GREY, INK, WHITE, Colour, Drawing

# Forward arrows lie this far from the middle line on one side, backward arrows on the other.
APART = 6


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "backprop",
        520,
        350,
        "Forward and backward propagation in a network with one hidden layer",
        "From left to right: the inputs X, the matrix Z, which is computed from X, the weights W1 "
        "and the bias b1, the hidden units H, which are ReLU of Z, the outputs O, which are "
        "computed from H, the weights W2 and the bias b2, the loss, which is computed from O and "
        "the labels Y, and the objective J. Above, the penalty s is computed from W1 and W2 and "
        "added to the loss. Each step has an arrow forward and a dashed arrow backward, except "
        "that no arrow leads back to X or Y.",
    )
    values: list[tuple[float, int, Colour, str, str]] = [
        (40, 46, GREY, "X", "*n* × *d*\ninputs"),
        (132, 66, WHITE, "Z", "*n* × *q*\nlinear"),
        (220, 48, WHITE, "H", "*n* × *q*\nReLU"),
        (308, 66, WHITE, "O", "*n* × *m*\nlinear"),
        (396, 48, WHITE, "*ℓ*", "number\nloss"),
        (476, 46, AMBER, "*J*", "number\nobjective"),
    ]
    for x, width, colour, words, note in values:
        picture.box(x - width / 2, 200, width, 44, colour, words)
        picture.note(x, 270, note)
    for (x, width, *_), (next_x, next_width, *_) in pairwise(values):
        left, right = x + width / 2 + 3, next_x - next_width / 2 - 3
        picture.arrow((left, 222 - APART), (right, 222 - APART))
        if x > 40:
            _back(picture, (right, 222 + APART), (left, 222 + APART))
    for x, words in ((108, "W_{1}"), (156, "b_{1}"), (284, "W_{2}"), (332, "b_{2}")):
        picture.box(x - 20, 92, 40, 40, GREEN, words)
        picture.arrow((x - APART, 135), (x - APART, 197))
        _back(picture, (x + APART, 197), (x + APART, 135))
    picture.box(376, 92, 40, 40, GREY, "Y")
    picture.arrow((396, 135), (396, 197))
    # The penalty: the way back to each weight runs beside the way forward.
    picture.box(364, 18, 64, 48, WHITE, "*s*\npenalty", size=13)
    picture.arrow((114, 89), (114, 36), (361, 36))
    _back(picture, (361, 25), (102, 25), (102, 89))
    picture.arrow((278, 89), (278, 47), (361, 47))
    _back(picture, (361, 58), (290, 58), (290, 89))
    picture.arrow((431, 48), (470, 48), (470, 197))
    _back(picture, (482, 197), (482, 36), (431, 36))
    picture.line((40, 322), (76, 322), colour=INK, tip=True)
    picture.note(86, 322, "forward: values", anchor="start")
    _back(picture, (276, 322), (240, 322))
    picture.note(286, 322, "backward: gradients", anchor="start")
    return picture.svg()


def _back(picture: Drawing, *points: tuple[float, float]) -> None:
    picture.arrow(*points, colour=BLUE.edge, dashed=True)
