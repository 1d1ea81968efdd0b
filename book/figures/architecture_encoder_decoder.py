"""An encoder and a decoder: one sequence goes in, another comes out."""

from __future__ import annotations

from book.figures.drawing import AMBER, BLUE, Drawing


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "architecture-encoder-decoder",
        470,
        200,
        "Encoder and decoder",
        "The input, the three words they are here, goes into a box named encoder. An arrow leads "
        "to a small box named state and on to a box named decoder, from which the output comes, "
        "the three words of a French translation: ils sont ici.",
    )
    picture.box(24, 60, 120, 60, BLUE, "encoder")
    picture.box(200, 66, 70, 48, AMBER, "state")
    picture.box(326, 60, 120, 60, BLUE, "decoder")
    picture.arrow((144, 90), (198, 90))
    picture.arrow((270, 90), (324, 90))
    for x, word in ((44, "they"), (88, "are"), (128, "here")):
        picture.text(x, 166, word)
        picture.arrow((x, 154), (x, 122))
    for x, word in ((340, "ils"), (382, "sont"), (428, "ici")):
        picture.text(x, 20, word)
        picture.arrow((x, 60), (x, 32))
    return picture.svg()
