"""A network in the shape of a U, with connections across it."""

from __future__ import annotations

from book.figures.drawing import AMBER, BLUE, GREEN, Drawing

# For each level: how wide the picture is there, and how many channels it has.
LEVELS = [(72, 2), (44, 4), (26, 7)]
TOPS = [56, 154, 240]


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "architecture-u",
        460,
        310,
        "A network in the shape of a U",
        "On the left, stacks of sheets go down from a large image to small ones with more "
        "channels. On the right they go up again to the full size. On the upper two levels a "
        "dashed arrow leads straight across from the left to the right.",
    )
    centres = [(86, 374), (130, 330), (224, 224)]
    for level, ((size, count), top) in enumerate(zip(LEVELS, TOPS, strict=True)):
        for side, x in enumerate(centres[level]):
            if level == 2 and side:
                continue
            colour = AMBER if level == 2 else GREEN if level == 0 and side == 0 else BLUE
            picture.sheets(x - size / 2 - 6, top, size, size, count, colour, step=5)
    for level in (0, 1):
        size, top = LEVELS[level][0], TOPS[level]
        left, right = centres[level]
        middle = top + size / 2
        picture.arrow((left + size / 2 + 22, middle), (right - size / 2 - 12, middle), dashed=True)
    picture.arrow((100, 132), (118, 148))
    picture.arrow((146, 202), (202, 250))
    picture.arrow((256, 250), (310, 202))
    picture.arrow((338, 148), (356, 132))
    picture.note(230, 80, "copy")
    picture.note(230, 164, "copy")
    picture.note(96, 244, "pooling makes\nthe maps smaller")
    picture.note(366, 244, "transposed convolution\nmakes them larger")
    picture.note(230, 288, "few pixels, many channels")
    return picture.svg()
