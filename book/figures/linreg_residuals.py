"""A line fitted by least squares, and the residuals of its points."""

from __future__ import annotations

from book.figures.drawing import AMBER, BLUE, WHITE, Drawing

# Examples (x, y) whose least-squares line is computed below.
POINTS = [(1, 2.16), (2, 1.8), (3, 3.51), (4, 2.79), (5, 4.59), (6, 3.78), (7, 5.76), (8, 4.95)]


def fitted() -> tuple[float, float]:
    """Return slope and intercept of the least-squares line."""
    mean_x = sum(x for x, _ in POINTS) / len(POINTS)
    mean_y = sum(y for _, y in POINTS) / len(POINTS)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in POINTS)
    slope /= sum((x - mean_x) ** 2 for x, _ in POINTS)
    return slope, mean_y - slope * mean_x


def place(x: float, y: float) -> tuple[float, float]:
    """Return where a point of the plane lies in the picture."""
    return 60 + 42 * x, 288.9 - 42.2 * y


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "linreg-residuals",
        460,
        340,
        "A line fitted by least squares",
        "Eight points in a plane with a rising straight line among them. A dashed vertical segment "
        "joins each point to the line; these segments are the residuals. One of them is marked as "
        "the difference of prediction and label.",
    )
    slope, intercept = fitted()
    picture.arrow((60, 290), (60, 36), colour=WHITE.edge)
    picture.arrow((60, 290), (436, 290), colour=WHITE.edge)
    picture.text(248, 314, "feature *x*")
    picture.text(60, 22, "label *y*")
    for x, y in POINTS:
        picture.line(place(x, y), place(x, slope * x + intercept), colour=AMBER.edge, dashed=True)
    ends = [place(x, slope * x + intercept) for x in (0.3, 8.7)]
    picture.line(*ends, colour=BLUE.edge)
    for x, y in POINTS:
        picture.circle(*place(x, y), 4.5, AMBER)
    picture.text(258, 83, "example (*x*, *y*)", anchor="end", fill=AMBER.edge)
    picture.line((232, 158), (262, 158), (262, 190), colour=WHITE.edge)
    picture.text(236, 204, "residual: prediction − label", anchor="start", fill=AMBER.edge)
    words = "line of the predictions *wx* + *b*"
    picture.line((84, 250), (84, 222), colour=WHITE.edge)
    picture.text(76, 263, words, anchor="start", fill=BLUE.edge)
    return picture.svg()
