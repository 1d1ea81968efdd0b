"""Cross-validation: in each of five rounds another fold validates, the other four are fitted."""

from __future__ import annotations

from book.figures.drawing import AMBER, BLUE, GREY, Drawing

FOLDS = 5
WIDTH, HEIGHT, LEFT, TOP = 60, 26, 82, 56


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "cross-validation",
        480,
        262,
        "Cross-validation with five folds",
        "Five rows, one for each round, show the development examples cut into five folds. In "
        "round k fold k is marked for validation, and the other four are marked for fitting. A "
        "block on the right, the test set, stands beside all rounds and is used in none of them.",
    )
    picture.text(LEFT + FOLDS * WIDTH / 2, 32, "development examples, in 5 folds")
    for round_ in range(FOLDS):
        y = TOP + round_ * (HEIGHT + 6)
        picture.text(LEFT - 12, y + HEIGHT / 2, f"round {round_ + 1}", anchor="end")
        for fold in range(FOLDS):
            validates = fold == round_
            picture.box(
                LEFT + fold * WIDTH,
                y,
                WIDTH - 4,
                HEIGHT,
                AMBER if validates else BLUE,
                "validate" if validates else "fit",
                radius=4,
                size=13,
            )
    height = FOLDS * (HEIGHT + 6) - 6
    picture.box(398, TOP, 64, height, GREY, "test\nset", dashed=True)
    picture.note(LEFT + FOLDS * WIDTH / 2, 236, "mean of all losses on the validated folds")
    picture.note(430, 236, "used once")
    return picture.svg()
