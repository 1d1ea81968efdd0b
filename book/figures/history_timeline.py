"""Some works on the way to deep learning, by year."""

from __future__ import annotations

from book.figures.drawing import AMBER, BLUE, GREEN, Drawing

# The year, the work, and what it belongs to: an idea, a model, or a result.
WORKS = [
    (1805, "least squares", GREEN),
    (1943, "the neuron as a logical unit", GREEN),
    (1958, "the perceptron learns", BLUE),
    (1969, "what one layer cannot do", GREEN),
    (1986, "backpropagation trains hidden layers", GREEN),
    (1989, "convolutional networks read digits", BLUE),
    (1997, "long short-term memory", BLUE),
    (2012, "deep networks win at images", AMBER),
    (2014, "generative adversarial networks", BLUE),
    (2015, "one method plays 49 video games", AMBER),
    (2016, "a program beats a master of Go", AMBER),
    (2017, "the Transformer", BLUE),
]
LEGEND = [("idea", GREEN), ("model", BLUE), ("result", AMBER)]


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "history-timeline",
        420,
        480,
        "Some works on the way to deep learning",
        "A vertical line with twelve years and works: "
        + "; ".join(f"{year}, {work}" for year, work, _ in WORKS)
        + ".",
    )
    places = [32 + 34 * row for row in range(len(WORKS))]
    picture.line((92, places[0]), (92, places[-1]), colour="#9ca3af")
    for y, (year, work, colour) in zip(places, WORKS, strict=True):
        picture.circle(92, y, 8, colour)
        picture.text(72, y, str(year), anchor="end", bold=True)
        picture.text(116, y, work, anchor="start")
    for x, (name, colour) in zip((112, 202, 292), LEGEND, strict=True):
        picture.circle(x, 452, 8, colour)
        picture.note(x + 16, 452, name, anchor="start")
    return picture.svg()
