"""The four parts of a program that learns, and what passes between them."""

from __future__ import annotations

from book.figures.drawing import AMBER, BLUE, GREEN, Drawing


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "learning-loop",
        480,
        300,
        "The four parts of a program that learns",
        "Four boxes: data, model, objective and algorithm. The inputs go from the data to the "
        "model, the model's predictions and the labels of the data go to the objective, the "
        "objective tells the loss to the algorithm, and the algorithm changes the parameters of "
        "the model.",
    )
    picture.box(20, 84, 96, 54, GREEN, "data")
    picture.box(184, 84, 96, 54, BLUE, "model")
    picture.box(364, 84, 96, 54, AMBER, "objective")
    picture.box(184, 222, 96, 54, words="algorithm")
    picture.arrow((116, 111), (182, 111))
    picture.note(149, 99, "inputs")
    picture.arrow((280, 111), (362, 111))
    picture.note(321, 99, "predictions")
    picture.arrow((68, 84), (68, 42), (412, 42), (412, 82))
    picture.note(240, 29, "labels")
    picture.arrow((412, 138), (412, 249), (282, 249))
    picture.note(347, 237, "loss")
    picture.arrow((232, 222), (232, 140))
    picture.note(242, 180, "changes the\nparameters", anchor="start")
    return picture.svg()
