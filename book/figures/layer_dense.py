"""A fully connected layer: each of three neurons is connected to each of four inputs."""

from __future__ import annotations

from book.figures.drawing import AMBER, BLUE, GREEN, Drawing


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "layer-dense",
        440,
        290,
        "A fully connected layer",
        "Four circles on the left are the inputs x1 to x4, three circles on the right are the "
        "outputs h1 to h3. A line leads from each input to each output, twelve lines in all. The "
        "four lines into the second output stand out; one of them carries the label w12.",
    )
    inputs = [(90, 50 + 56 * row) for row in range(4)]
    outputs = [(330, 78 + 56 * row) for row in range(3)]
    for column, end in enumerate(outputs):
        for start in inputs:
            strong = column == 1
            colour = AMBER.edge if strong else "#9ca3af"
            picture.connect(start, end, 20, colour=colour, width=2 if strong else 1, tip=strong)
    for row, (x, y) in enumerate(inputs, 1):
        picture.circle(x, y, 20, GREEN, f"*x*_{{{row}}}")
    for row, (x, y) in enumerate(outputs, 1):
        picture.circle(x, y, 20, BLUE, f"*h*_{{{row}}}")
    picture.text(226, 79, "*w*_{12}", fill=AMBER.edge)
    picture.note(90, 262, "4 inputs")
    picture.note(330, 262, "3 neurons")
    return picture.svg()
