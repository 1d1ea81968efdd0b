"""A drawing in the one style of the book's figures, and its SVG.

Lengths are in pixels at the figure's natural size, x to the right and y downward. Numbers are
written with one decimal, so the same drawing gives the same bytes on every machine.

A drawing is at most about 480 wide where it can be, so that its words of 13 to 15 pixels are
legible on a telephone. It lies on a white sheet with rounded corners, which keeps it legible on a
dark page.

Words may contain the markup of `marked_up`, and a line break starts a new line.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from book.figures.svg import attributes, marked_up, number

INK = "#1f2937"
QUIET = "#4b5563"
# The distance of two lines of text, as a share of the font's size.
LEADING = 1.25


@dataclass(frozen=True)
class Colour:
    """What fills a shape, and what its edge and the words about it are drawn with."""

    fill: str
    edge: str


WHITE = Colour("#ffffff", "#6b7280")
GREY = Colour("#e5e7eb", "#6b7280")
BLUE = Colour("#dbeafe", "#2563eb")
GREEN = Colour("#d1fae5", "#059669")
AMBER = Colour("#fef3c7", "#b45309")

Point = tuple[float, float]


class Drawing:
    """A sheet of paper of a size, with a title and a description for those who cannot see it."""

    def __init__(self, name: str, width: int, height: int, title: str, desc: str) -> None:
        self.name, self.width, self.height = name, width, height
        self.title, self.desc = title, desc
        self.elements: list[str] = []

    def add(self, element: str, content: str | None = None, **values: str | float | None) -> None:
        """Add any element; what is added later lies on top."""
        end = "/>" if content is None else f">{content}</{element}>"
        self.elements.append(f"<{element}{attributes(values)}{end}")

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: int = 14,
        anchor: str = "middle",
        fill: str = INK,
        bold: bool = False,
    ) -> None:
        """Write words whose lines together are centred at the height y."""
        lines = words.split("\n")
        baseline = y + 0.35 * size - (len(lines) - 1) * LEADING * size / 2
        for row, line in enumerate(lines):
            self.add(
                "text",
                marked_up(line, size),
                x=x,
                y=baseline + row * LEADING * size,
                text_anchor=None if anchor == "start" else anchor,
                font_size=None if size == 14 else size,
                font_weight="bold" if bold else None,
                fill=None if fill == INK else fill,
            )

    def note(self, x: float, y: float, words: str, *, anchor: str = "middle") -> None:
        """Write a remark in the smallest size that the book uses."""
        self.text(x, y, words, size=13, anchor=anchor, fill=QUIET)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        colour: Colour = WHITE,
        words: str = "",
        *,
        radius: float = 6,
        dashed: bool = False,
        edge: float = 1.5,
        size: int = 14,
    ) -> None:
        """Draw a rectangle by its upper left corner, with words in its middle."""
        self.add(
            "rect",
            x=x,
            y=y,
            width=width,
            height=height,
            rx=radius or None,
            fill=colour.fill,
            stroke=colour.edge,
            stroke_width=edge,
            stroke_dasharray="5 4" if dashed else None,
        )
        if words:
            self.text(x + width / 2, y + height / 2, words, size=size)

    def circle(
        self,
        x: float,
        y: float,
        radius: float,
        colour: Colour = WHITE,
        words: str = "",
        *,
        dashed: bool = False,
    ) -> None:
        """Draw a circle by its centre, such as a neuron, with words in its middle."""
        self.add(
            "circle",
            cx=x,
            cy=y,
            r=radius,
            fill=colour.fill,
            stroke=colour.edge,
            stroke_width=1.5,
            stroke_dasharray="4 3" if dashed else None,
        )
        if words:
            self.text(x, y, words)

    def dots(self, x: float, y: float, *, down: bool = True) -> None:
        """Draw three dots for what is left out, centred at a point."""
        for step in (-10, 0, 10):
            place = (x, y + step) if down else (x + step, y)
            self.add("circle", cx=place[0], cy=place[1], r=2.2, fill=WHITE.edge)

    def line(
        self,
        *points: Point,
        colour: str = INK,
        width: float = 1.5,
        tip: bool = False,
        dashed: bool = False,
        curved: bool = False,
    ) -> None:
        """Draw a line through points, or from the first to the last of four, bent by the others."""
        rest = " ".join(f"{number(x)} {number(y)}" for x, y in points[1:])
        start = f"M{number(points[0][0])} {number(points[0][1])}"
        self.add(
            "path",
            d=f"{start} {'C' if curved else 'L'}{rest}",
            fill="none",
            stroke=colour,
            stroke_width=width,
            stroke_dasharray="5 4" if dashed else None,
        )
        if tip:
            self._tip(points[-2], points[-1], colour)

    def arrow(
        self, *points: Point, colour: str = INK, dashed: bool = False, curved: bool = False
    ) -> None:
        """Draw a line that ends in a tip."""
        self.line(*points, colour=colour, tip=True, dashed=dashed, curved=curved)

    def _tip(self, before: Point, end: Point, colour: str) -> None:
        angle = math.atan2(end[1] - before[1], end[0] - before[0])
        wings = [
            (end[0] - 8 * math.cos(angle + turn), end[1] - 8 * math.sin(angle + turn))
            for turn in (-0.42, 0.42)
        ]
        (left, top), (right, bottom) = wings
        self.add(
            "path",
            d=f"M{number(left)} {number(top)} L{number(end[0])} {number(end[1])} "
            f"L{number(right)} {number(bottom)}",
            fill="none",
            stroke=colour,
            stroke_width=1.5,
        )

    def connect(
        self,
        start: Point,
        end: Point,
        radius: float,
        *,
        colour: str = INK,
        width: float = 1.5,
        tip: bool = True,
    ) -> None:
        """Draw a line between two circles of one radius, from edge to edge."""
        length = math.dist(start, end)
        cos, sin = (end[0] - start[0]) / length, (end[1] - start[1]) / length
        gap = radius + 2
        self.line(
            (start[0] + gap * cos, start[1] + gap * sin),
            (end[0] - gap * cos, end[1] - gap * sin),
            colour=colour,
            width=width,
            tip=tip,
        )

    def grid(
        self,
        x: float,
        y: float,
        rows: Sequence[Sequence[str | float]],
        *,
        cell: float = 28,
        colour: Colour = WHITE,
        marked: Iterable[tuple[int, int]] = (),
        mark: Colour = AMBER,
    ) -> None:
        """Draw a matrix as squares with their entries; the marked (row, column) stand out."""
        chosen = set(marked)
        size = 14 if cell >= 24 else 13
        for row, entries in enumerate(rows):
            for column, entry in enumerate(entries):
                shade = mark if (row, column) in chosen else colour
                left, top = x + column * cell, y + row * cell
                words = entry if isinstance(entry, str) else number(entry).replace("-", "−")
                self.box(left, top, cell, cell, shade, words, radius=0, size=size)

    def sheets(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        count: int,
        colour: Colour = BLUE,
        *,
        step: float = 6,
    ) -> None:
        """Draw channels as sheets, the foremost with its upper left corner at (x, y)."""
        for depth in reversed(range(count)):
            shift = depth * step
            self.box(x + shift, y - shift, width, height, colour, radius=2)

    def svg(self) -> str:
        """Return the text of the file."""
        name = self.name
        head = attributes(
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": f"0 0 {self.width} {self.height}",
                "width": self.width,
                "height": self.height,
                "role": "img",
                "aria-labelledby": f"{name}-title {name}-desc",
                "font-family": "Helvetica, Arial, sans-serif",
                "font-size": 14,
                "fill": INK,
            }
        )
        edge = {"x": 0.75, "y": 0.75, "width": self.width - 1.5, "height": self.height - 1.5}
        paper = attributes({**edge, "rx": 10, "fill": "#ffffff", "stroke": "#e5e7eb"})
        lines = [
            f'<title id="{name}-title">{escape(self.title)}</title>',
            f'<desc id="{name}-desc">{escape(self.desc)}</desc>',
            f'<rect{paper} stroke-width="1.5"/>',
            *self.elements,
        ]
        return "\n  ".join([f"<svg{head}>", *lines]) + "\n</svg>\n"
