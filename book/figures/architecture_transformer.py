"""The Transformer in outline: embedding, a block that is repeated, output."""

from __future__ import annotations

from book.figures.drawing import AMBER, BLUE, GREEN, GREY, WHITE, Drawing


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "architecture-transformer",
        420,
        490,
        "The Transformer in outline",
        "From bottom to top: the words of the input, their embeddings and positions, a frame that "
        "is repeated several times, and the output. In the frame, self-attention is followed by a "
        "multilayer perceptron. Around each of them a residual connection leads to a circle with a "
        "plus sign, where it is added.",
    )
    x = 180
    picture.box(70, 100, 250, 262, GREY, dashed=True)
    picture.box(x - 80, 20, 160, 40, GREEN, "output")
    picture.circle(x, 130, 13, words="+")
    picture.box(x - 80, 168, 160, 40, BLUE, "perceptron")
    picture.circle(x, 250, 13, words="+")
    picture.box(x - 80, 288, 160, 40, AMBER, "self-attention")
    picture.box(x - 80, 390, 160, 40, GREEN, "vectors + positions")
    picture.arrow((x, 390), (x, 330))
    picture.arrow((x, 288), (x, 265))
    picture.arrow((x, 237), (x, 210))
    picture.arrow((x, 168), (x, 145))
    picture.arrow((x, 117), (x, 62))
    for start, end in ((346, 250), (224, 130)):
        picture.arrow((x, start), (292, start), (292, end), (x + 15, end))
    picture.text(372, 232, "repeated\n*N* times", size=13, fill=WHITE.edge)
    picture.arrow((x, 458), (x, 432))
    picture.text(x, 470, "the cat sat on the mat")
    return picture.svg()
