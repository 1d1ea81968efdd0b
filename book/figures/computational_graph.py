"""A computational graph with the values going forward and the adjoints going backward."""

from __future__ import annotations

from book.figures.drawing import AMBER, BLUE, GREEN, GREY, WHITE, Colour, Drawing

WIDTH, HEIGHT = 96, 54
# For each node: its centre, its words, its value, its adjoint if it has one, and its colour.
NODES: dict[str, tuple[float, float, str, int, int | None, Colour]] = {
    "w": (72, 90, "*w*", 2, 16, GREEN),
    "x": (72, 250, "*x*", 3, None, GREY),
    "u": (216, 170, "*u* = *w* *x*", 6, 4, WHITE),
    "b": (216, 274, "*b*", 1, 4, GREEN),
    "v": (360, 170, "*v* = *u* + *b*", 7, 4, WHITE),
    "y": (360, 274, "*y*", 5, None, GREY),
    "r": (504, 170, "*r* = *v* − *y*", 2, 4, WHITE),
    "s": (648, 170, "*s* = *r*²", 4, 1, WHITE),
    "p": (360, 54, "*p* = *w*²", 4, 1, WHITE),
    "L": (648, 54, "*L* = *s* + *p*", 8, 1, BLUE),
}
# The edges from side to side, and what comes back on them, written at a place.
EDGES: list[tuple[str, str, int | None, float, float]] = [
    ("w", "u", 12, 158, 122),
    ("x", "u", None, 0, 0),
    ("u", "v", 4, 288, 158),
    ("b", "v", 4, 298, 216),
    ("v", "r", 4, 432, 158),
    ("y", "r", None, 0, 0),
    ("r", "s", 4, 576, 158),
    ("w", "p", 4, 216, 60),
    ("p", "L", 1, 504, 42),
]


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "computational-graph",
        760,
        340,
        "Computational graph of L = (wx + b − y)² + w² with values and adjoints",
        "Inputs w = 2, x = 3, b = 1 and y = 5. Going forward, u = w x is 6, v = u + b is 7, "
        "r = v − y is 2, s = r squared is 4, p = w squared is 4 and L = s + p is 8. Going "
        "backward, the adjoint of L is 1, of s 1, of p 1, of r 4, of v 4, of u 4, of b 4. The "
        "adjoint of w is the sum of 12 along the path through u and 4 along the path through p, "
        "that is 16.",
    )
    for x, y, words, value, adjoint, colour in NODES.values():
        picture.box(x - WIDTH / 2, y - HEIGHT / 2, WIDTH, HEIGHT, colour, radius=8)
        picture.text(x, y - 11, words)
        shift = 20 if adjoint is not None else 0
        picture.text(x - shift, y + 13, str(value), size=15, fill=BLUE.edge, bold=True)
        if adjoint is not None:
            picture.text(x + shift, y + 13, str(adjoint), size=15, fill=AMBER.edge, bold=True)
    for start, end, back, x, y in EDGES:
        (left, top, *_), (right, bottom, *_) = NODES[start], NODES[end]
        picture.arrow((left + WIDTH / 2, top), (right - WIDTH / 2, bottom))
        if back is not None:
            picture.text(x, y, str(back), size=13, fill=AMBER.edge)
    picture.arrow((648, 143), (648, 81))
    picture.text(660, 112, "1", size=13, fill=AMBER.edge)
    blue, amber = "blue: value, computed forward", "brown: adjoint, computed backward"
    picture.text(504, 258, blue, size=13, anchor="start", fill=BLUE.edge)
    picture.text(504, 278, amber, size=13, anchor="start", fill=AMBER.edge)
    remark = (
        "*w* is used twice: its adjoint is the sum 12 + 4 = 16 of what comes back on both edges."
    )
    picture.text(24, 320, remark, size=13, anchor="start")
    return picture.svg()
