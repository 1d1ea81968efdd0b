"""Where the exponential of a 32-bit number is finite and positive; logits outside and inside."""

from __future__ import annotations

from book.figures.drawing import AMBER, BLUE, GREEN, GREY, Drawing

# Below, the exponential is rounded to zero; above, it overflows.
LOWEST, HIGHEST = -104.0, 88.7
LOGITS = (95, 114, 131)


def across(value: float) -> float:
    """Return the place of a number on the axes."""
    return 232 + 1.7 * value


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "softmax-window",
        480,
        272,
        "The window of the exponential",
        "Two axes from -128 to 138 with a green window from -104 to 88.7, in which the exponential "
        "of a 32-bit number is finite and positive. On the upper axis the logits 95, 114 and 131 "
        "lie to the right of the window. On the lower axis, after 131 has been subtracted from "
        "each, they are -36, -17 and 0 and lie inside.",
    )
    left, right = across(LOWEST), across(HIGHEST)
    picture.box(left, 44, right - left, 172, GREEN, radius=4)
    picture.note((left + right) / 2, 26, "exp is finite and positive")
    picture.note((12 + left) / 2, 26, "exp is 0")
    picture.note((right + 468) / 2, 26, "exp is inf")
    largest = max(LOGITS)
    rows = (
        (90, "logits", AMBER, LOGITS),
        (176, "logits minus the largest", BLUE, tuple(each - largest for each in LOGITS)),
    )
    for height, name, colour, values in rows:
        picture.line((14, height), (466, height), colour=GREY.edge)
        picture.text(left + 12, height - 22, name, anchor="start")
        for value in values:
            picture.circle(across(value), height, 5, colour)
            picture.text(across(value), height + 20, f"{value}".replace("-", "−"), size=13)
    for limit in (LOWEST, HIGHEST):
        picture.note(across(limit), 234, f"{limit:g}".replace("-", "−"))
    picture.note(across(0), 234, "0")
    picture.line((across(0), 210), (across(0), 216), colour=GREEN.edge)
    picture.note(across(0), 255, "argument of exp")
    return picture.svg()
