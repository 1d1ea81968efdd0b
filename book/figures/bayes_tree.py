"""A tree of counts for the rule of Bayes: a thousand people, tested for a rare illness."""

from __future__ import annotations

from book.figures.drawing import AMBER, BLUE, GREEN, WHITE, Drawing


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "bayes-tree",
        640,
        340,
        "A thousand people, tested for an illness that 20 of them have",
        "A tree of counts. 1000 people divide into 20 who are ill, with probability 0.02, and 980 "
        "who are healthy, with probability 0.98. Of the 20 ill people 19 test positive and 1 "
        "negative, with probabilities 0.95 and 0.05. Of the 980 healthy people 49 test positive "
        "and 931 negative, with probabilities 0.05 and 0.95. A line joins the two groups with a "
        "positive test: they are 68 people, of whom 19 are ill, so that the probability of being "
        "ill given a positive test is 19 divided by 68, about 0.28.",
    )
    picture.line((98, 236), (98, 264), (398, 264), (398, 236), colour=AMBER.edge, width=2)
    picture.line((248, 264), (248, 278), colour=AMBER.edge, width=2)
    picture.box(260, 18, 120, 38, WHITE)
    picture.text(320, 37, "1000 people", bold=True)
    branches = [
        ((290, 56), (186, 106), "0.02"),
        ((350, 56), (454, 106), "0.98"),
        ((150, 146), (102, 196), "0.95"),
        ((190, 146), (238, 196), "0.05"),
        ((450, 146), (402, 196), "0.05"),
        ((490, 146), (538, 196), "0.95"),
    ]
    for start, end, share in branches:
        picture.arrow(start, end)
        side = -1 if end[0] < start[0] else 1
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        anchor = "end" if side < 0 else "start"
        picture.text(middle[0] + 12 * side, middle[1] - 6, share, size=13, anchor=anchor)
    picture.box(110, 108, 120, 38, BLUE, "20 ill")
    picture.box(410, 108, 120, 38, GREEN, "980 healthy")
    for x, words, colour in (
        (40, "19 positive", BLUE),
        (184, "1 negative", BLUE),
        (340, "49 positive", GREEN),
        (484, "931 negative", GREEN),
    ):
        positive = words.endswith("positive")
        picture.box(x, 198, 116, 38, colour, edge=3 if positive else 1.5)
        picture.text(x + 58, 217, words, bold=positive)
    picture.text(248, 295, "68 positive tests, 19 of them from ill people:")
    picture.text(248, 317, "P(ill | positive) = 19 / 68 ≈ 0.28", bold=True)
    return picture.svg()
