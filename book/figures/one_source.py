"""One source of a section becomes notebooks, a library and a web page."""

from __future__ import annotations

from book.figures.drawing import AMBER, BLUE, GREEN, GREY, WHITE, Colour, Drawing

# A framework has one colour on both sides; there are as many as the book has frameworks.
FRAMEWORKS = [
    ("pytorch", "PyTorch", AMBER),
    ("jax", "JAX", BLUE),
    ("tensorflow", "TensorFlow", Colour("#fee2e2", "#b91c1c")),
    ("mxnet", "MXNet", Colour("#ede9fe", "#6d28d9")),
]


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "one-source",
        640,
        360,
        "How one source text becomes notebooks, a library and a web page",
        "On the left, the source of a section: text and formulas, cells marked all, and cells "
        "marked pytorch, jax, tensorflow and mxnet. Arrows lead to one notebook for each "
        "framework, and from the cells marked save to the library d2l, which the notebooks "
        "import. The notebooks are run, and their text, code and outputs form the web page with "
        "a tab for each framework.",
    )
    picture.text(106, 26, "source of a section", bold=True)
    picture.box(16, 42, 180, 302, radius=8)
    picture.box(30, 56, 152, 40, GREY, "text and formulas")
    picture.box(30, 104, 152, 34, GREY, "#@tab all")
    for row, (mark, title, colour) in enumerate(FRAMEWORKS):
        picture.box(30, 146 + 42 * row, 152, 34, colour, f"#@tab {mark}")
        top = 42 + 50 * row
        picture.box(262, top, 160, 40, colour, f"{title} notebook")
        picture.arrow((196, 132), (228, 132), (228, top + 20), (259, top + 20))
        picture.arrow((422, top + 20), (456, top + 20), (456, 132), (490, 132))
    picture.note(106, 328, "some of them: #@save")
    picture.text(560, 76, "web page", bold=True)
    picture.box(494, 92, 132, 80, WHITE, "a tab for each\nframework", radius=8)
    picture.note(560, 194, "text, code, outputs")
    picture.box(262, 298, 160, 46, GREEN, "library d2l")
    picture.arrow((196, 326), (259, 326), colour=GREEN.edge)
    picture.text(228, 310, "saved", size=13, fill=GREEN.edge)
    picture.arrow((342, 298), (342, 237), colour=GREEN.edge)
    picture.text(352, 268, "imported", size=13, anchor="start", fill=GREEN.edge)
    return picture.svg()
