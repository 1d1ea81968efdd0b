"""A convolutional layer: a kernel of nine weights slides over an image."""

from __future__ import annotations

from book.figures.drawing import BLUE, GREEN, Drawing

IMAGE = [[0, 0, 1, 1, 1]] * 5
KERNEL = [[-1, 0, 1]] * 3


def convolved() -> list[list[float]]:
    """Return the sum of products of the kernel and each window of the image."""
    size = len(IMAGE) - len(KERNEL) + 1
    return [
        [
            sum(
                weight * IMAGE[row + down][column + right]
                for down, weights in enumerate(KERNEL)
                for right, weight in enumerate(weights)
            )
            for column in range(size)
        ]
        for row in range(size)
    ]


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "layer-convolution",
        460,
        250,
        "A convolutional layer",
        "A five by five image whose two left columns are 0 and whose other columns are 1, a three "
        "by three kernel with the columns -1, 0 and 1, and the three by three output with the "
        "columns 3, 3 and 0. A window of the image in the upper left corner and the entry of the "
        "output that is computed from it, 3, stand out.",
    )
    window = [(row, column) for row in range(3) for column in range(3)]
    picture.grid(24, 56, IMAGE, colour=GREEN, marked=window)
    picture.text(186, 126, "∗", size=20)
    picture.grid(208, 84, KERNEL, marked=window)
    picture.text(314, 126, "=", size=20)
    picture.grid(344, 84, convolved(), colour=BLUE, marked=[(0, 0)])
    picture.note(94, 34, "input, 5 × 5")
    picture.note(250, 34, "kernel, 3 × 3")
    picture.note(386, 34, "output, 3 × 3")
    picture.note(230, 226, "The window takes all 9 places; the 9 weights stay the same.")
    return picture.svg()
