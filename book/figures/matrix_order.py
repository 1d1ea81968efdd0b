"""A turn and a stretch, applied to a square in both orders."""

from __future__ import annotations

from book.figures.drawing import AMBER, BLUE, GREEN, WHITE, Colour, Drawing, Point

UNIT = 44
# The letter F in a unit square, as the corners of its outline.
LETTER: list[Point] = [
    (0.2, 0.1),
    (0.4, 0.1),
    (0.4, 0.4),
    (0.7, 0.4),
    (0.7, 0.58),
    (0.4, 0.58),
    (0.4, 0.74),
    (0.8, 0.74),
    (0.8, 0.92),
    (0.2, 0.92),
]
SQUARE: list[Point] = [(0, 0), (1, 0), (1, 1), (0, 1)]


def turned(points: list[Point]) -> list[Point]:
    """Return the points after a quarter turn to the left."""
    return [(-y, x) for x, y in points]


def stretched(points: list[Point]) -> list[Point]:
    """Return the points at twice their horizontal distance."""
    return [(2 * x, y) for x, y in points]


def show(
    picture: Drawing, origin: Point, square: list[Point], letter: list[Point], colour: Colour
) -> None:
    """Draw a square with its letter and the two axes through an origin on the sheet."""

    def path(points: list[Point]) -> str:
        places = [(origin[0] + UNIT * x, origin[1] - UNIT * y) for x, y in points]
        return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in places) + " z"

    left = min(x for x, _ in square) * UNIT
    right = max(x for x, _ in square) * UNIT
    high = max(y for _, y in square) * UNIT
    x, y = origin
    picture.arrow((x + left - 12, y), (x + right + 22, y), colour=WHITE.edge)
    picture.arrow((x, y + 10), (x, y - high - 22), colour=WHITE.edge)
    picture.add("path", d=path(square), fill=colour.fill, stroke=colour.edge, stroke_width=1.5)
    picture.add("path", d=path(letter), fill=colour.edge)


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "matrix-order",
        640,
        320,
        "A turn and a stretch in two different orders",
        "Two rows of three drawings. Each starts with a unit square that holds the letter F. "
        "Above, the square is turned to the left by a quarter of a full turn and then stretched to "
        "twice its width: the result is two units wide and one high, and the F lies on its side. "
        "Below, the square is first stretched to twice its width and then turned: the result is "
        "one unit wide and two high.",
    )
    steps = {"Q": (turned, "turn"), "S": (stretched, "stretch")}
    # The order of the two, the height of the row, and where the second square and the arrows are.
    rows = [("QS", 118, 300, ((140, 216), (346, 436))), ("SQ", 290, 256, ((140, 216), (384, 476)))]
    for order, y, second, arrows in rows:
        verbs = ", then ".join(steps[name][1] for name in order)
        picture.text(320, y - (92 if y < 200 else 118), f"first {verbs}: {order[::-1]}", bold=True)
        square, letter = SQUARE, LETTER
        show(picture, (44, y), square, letter, BLUE)
        places = ((second, AMBER), (560, GREEN))
        for name, (start, end), (x, colour) in zip(order, arrows, places, strict=True):
            step, verb = steps[name]
            square, letter = step(square), step(letter)
            picture.arrow((start, y - 24), (end, y - 24))
            picture.text((start + end) / 2, y - 38, name, bold=True)
            picture.note((start + end) / 2, y - 8, verb)
            show(picture, (x, y), square, letter, colour)
    return picture.svg()
