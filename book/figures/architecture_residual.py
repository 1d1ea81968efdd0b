"""A residual block: what goes in is added to what comes out."""

from __future__ import annotations

from book.figures.drawing import BLUE, GREEN, Drawing


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "architecture-residual",
        460,
        150,
        "A residual connection",
        "From the input x a line leads through two boxes named layer to a circle with a plus sign. "
        "A second line leads from x past the boxes to the same circle. The output is x + f(x).",
    )
    picture.circle(40, 96, 20, GREEN, "*x*")
    picture.box(108, 72, 80, 48, BLUE, "layer")
    picture.box(224, 72, 80, 48, BLUE, "layer")
    picture.circle(354, 96, 15, words="+")
    picture.arrow((60, 96), (106, 96))
    picture.arrow((188, 96), (222, 96))
    picture.arrow((304, 96), (337, 96))
    picture.arrow((78, 96), (78, 34), (354, 34), (354, 79))
    picture.arrow((369, 96), (396, 96))
    picture.text(400, 96, "*x* + *f*(*x*)", anchor="start", size=13)
    picture.text(322, 82, "*f*(*x*)", size=13)
    return picture.svg()
