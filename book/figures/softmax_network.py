"""Softmax regression as a network: four features, three scores, and their probabilities."""

from __future__ import annotations

from book.figures.drawing import AMBER, BLUE, GREEN, Drawing

ROWS = [(50, "*x*_{1}"), (106, "*x*_{2}"), (162, "*x*_{3}"), (218, "*x*_{4}")]


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "softmax-network",
        496,
        296,
        "Softmax regression as a neural network",
        "Four circles on the left are the features x1 to x4. A line leads from each of them to "
        "each of three circles, the scores o1 to o3. Arrows lead from the scores into one tall "
        "box with the word softmax, and from the box come three probabilities, p1 to p3, whose "
        "sum is 1.",
    )
    scores = [(226, 78), (226, 134), (226, 190)]
    for end in scores:
        for height, _ in ROWS:
            picture.connect((66, height), end, 20, colour="#9ca3af", width=1, tip=True)
    for height, words in ROWS:
        picture.circle(66, height, 20, GREEN, words)
    picture.box(298, 52, 78, 164, AMBER, "softmax")
    for row, (x, y) in enumerate(scores, 1):
        picture.circle(x, y, 20, BLUE, f"*o*_{{{row}}}")
        picture.arrow((x + 22, y), (296, y))
        picture.arrow((378, y), (412, y))
        picture.text(430, y, f"*p*_{{{row}}}")
    picture.note(66, 264, "features")
    picture.note(226, 264, "one score\nper class")
    picture.note(430, 264, "probabilities,\nsum 1")
    return picture.svg()
