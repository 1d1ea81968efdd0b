"""Ridge regression with two weights: how the minimum moves when the penalty grows."""

from __future__ import annotations

import math

from book.figures.drawing import AMBER, BLUE, GREEN, QUIET, Drawing

# Pixels per unit, and the place of the origin of the weights on the sheet.
SCALE, LEFT, BOTTOM = 74, 96, 236
# The least-squares solution, and the curvature of the loss along and across the long axis.
CENTRE = (3.4, 2.0)
FLAT, STEEP, TURN = 0.25, 2.2, math.radians(-24)


def place(w: tuple[float, float]) -> tuple[float, float]:
    """Return where a pair of weights lies on the sheet."""
    return LEFT + SCALE * w[0], BOTTOM - SCALE * w[1]


def minimum(price: float) -> tuple[float, float]:
    """Return the minimum of loss and penalty: each coordinate along an axis shrinks by itself."""
    cos, sin = math.cos(TURN), math.sin(TURN)
    along = (cos * CENTRE[0] + sin * CENTRE[1]) * FLAT / (FLAT + price)
    across = (-sin * CENTRE[0] + cos * CENTRE[1]) * STEEP / (STEEP + price)
    return cos * along - sin * across, sin * along + cos * across


def ring(picture: Drawing, centre: tuple[float, float], radii: tuple[float, float], **look) -> None:
    """Draw a line of equal height around a centre, given its two radii in units of the weights."""
    x, y = place(centre)
    turn = f"rotate({-math.degrees(TURN):g} {x:g} {y:g})" if radii[0] != radii[1] else None
    rx, ry = (SCALE * radius for radius in radii)
    picture.add(
        "ellipse", cx=x, cy=y, rx=rx, ry=ry, fill="none", stroke_width=1.5, transform=turn, **look
    )


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "weight-decay",
        480,
        300,
        "Weight decay moves the minimum along the flat direction of the loss",
        "Two axes carry the weights w1 and w2. Long, tilted ellipses around the least-squares "
        "solution on the upper right are lines of equal loss; circles around the origin are lines "
        "of equal penalty. A curve of the minima for growing lambda starts at the centre of the "
        "ellipses, moves along their long axis and ends at the origin. A dot on it marks one "
        "value of lambda.",
    )
    picture.arrow((40, BOTTOM), (456, BOTTOM), colour=QUIET)
    picture.arrow((LEFT, 284), (LEFT, 22), colour=QUIET)
    picture.text(456, BOTTOM + 18, "*w*_{1}")
    picture.text(LEFT - 20, 30, "*w*_{2}")
    for radius in (0.4, 0.8):
        ring(picture, (0, 0), (radius, radius), stroke=GREEN.edge, stroke_dasharray="5 4")
    for height in (0.02, 0.08, 0.18):
        radii = math.sqrt(2 * height / FLAT), math.sqrt(2 * height / STEEP)
        ring(picture, CENTRE, radii, stroke=BLUE.edge)
    path = [place(minimum(0.02 * (1.18**step - 1))) for step in range(60)]
    picture.line(*path, place((0, 0)), colour=AMBER.edge, width=2.5)
    for w in (CENTRE, minimum(0.3)):
        x, y = place(w)
        picture.circle(x, y, 4, AMBER)
    x, y = place(CENTRE)
    picture.note(x + 6, y - 66, "least squares, λ = 0")
    x, y = place(minimum(0.3))
    picture.note(x - 6, y - 18, "some λ > 0", anchor="end")
    picture.note(LEFT + 70, BOTTOM + 44, "λ → ∞: the origin", anchor="start")
    return picture.svg()
