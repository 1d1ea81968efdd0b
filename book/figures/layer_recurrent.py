"""A recurrent layer, folded with its loop and unfolded over three steps."""

from __future__ import annotations

from book.figures.drawing import BLUE, GREEN, Drawing


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "layer-recurrent",
        480,
        286,
        "A recurrent layer, folded and unfolded",
        "On the left, an input x t enters a box whose output h t returns to the box in a loop. On "
        "the right, the same layer drawn once for each of three steps: the inputs x1, x2 and x3 "
        "enter three copies of the box, and each copy passes its state h1, h2 or h3 upward and to "
        "the next copy.",
    )
    picture.circle(68, 206, 20, GREEN, "*x*_{t}")
    picture.box(42, 98, 52, 52, BLUE, "layer")
    picture.circle(68, 42, 20, BLUE, "*h*_{t}")
    picture.arrow((68, 186), (68, 152))
    picture.arrow((68, 98), (68, 64))
    picture.arrow((94, 110), (140, 84), (140, 164), (96, 138), curved=True)
    picture.text(165, 124, "=", size=20)
    for step in range(1, 4):
        x = 136 + 94 * step
        picture.circle(x, 206, 20, GREEN, f"*x*_{{{step}}}")
        picture.box(x - 26, 98, 52, 52, BLUE, "layer")
        picture.circle(x, 42, 20, BLUE, f"*h*_{{{step}}}")
        picture.arrow((x, 186), (x, 152))
        picture.arrow((x, 98), (x, 64))
        if step < 3:
            picture.arrow((x + 26, 124), (x + 66, 124))
            picture.text(x + 46, 112, f"*h*_{{{step}}}", size=13)
    picture.note(68, 248, "one layer")
    picture.note(324, 254, "the same layer, with the same\nweights, at each step")
    return picture.svg()
