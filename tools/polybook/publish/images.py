"""Pictures tell browsers their size, so that nothing moves when they arrive."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import imagesize
from docutils import nodes
from sphinx.application import Sphinx

from polybook.publish.formats import is_epub

# CSS pixels per unit: https://www.w3.org/TR/css-values-3/#absolute-lengths
_PIXELS = {
    "": 1.0,
    "px": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "in": 96.0,
    "cm": 96 / 2.54,
    "mm": 96 / 25.4,
}
_LENGTH = re.compile(r"\s*([\d.]+(?:e[+-]?\d+)?)\s*([a-z]*)\s*$")


def setup_images(app: Sphinx) -> None:
    """Let pages name the size of their pictures, and load them when they come into sight."""
    # `add_node` would also register the class, and docutils' own would be
    # unregistered with it when the build ends.
    app.registry.add_translation_handlers(nodes.image, html=(_visit_image, _depart_image))


def picture_size(path: Path) -> tuple[int, int] | None:
    """Return width and height of a picture in CSS pixels; ``None`` if its file tells neither."""
    size = _svg_size(path) if path.suffix.lower() == ".svg" else _raster_size(path)
    return size if size and min(size) > 0 else None


def _raster_size(path: Path) -> tuple[int, int] | None:
    try:
        return imagesize.get(path)
    except (OSError, ValueError):
        return None


def _svg_size(path: Path) -> tuple[int, int] | None:
    try:
        with path.open("rb") as file:
            _, root = next(ElementTree.iterparse(file, events=("start",)))
    except (OSError, ElementTree.ParseError, StopIteration):
        return None
    width, height = _length(root.get("width")), _length(root.get("height"))
    box = [float(each) for each in re.findall(r"-?[\d.]+(?:e[+-]?\d+)?", root.get("viewBox", ""))]
    if len(box) == 4 and box[2] > 0 and box[3] > 0:
        if width is None:
            width = box[2] if height is None else height * box[2] / box[3]
        if height is None:
            height = width * box[3] / box[2]
    return (round(width), round(height)) if width and height else None


def _length(value: str | None) -> float | None:
    found = _LENGTH.match(value or "")
    return float(found[1]) * _PIXELS[found[2]] if found and found[2] in _PIXELS else None


def _visit_image(self: Any, node: nodes.image) -> None:
    """Do what the writer does, and add what it leaves out."""
    path = Path(self.builder.srcdir, node["uri"])
    at = len(self.body)
    type(self).visit_image(self, node)
    if is_epub(self.builder):
        return
    for place in range(at, len(self.body)):
        if self.body[place].startswith("<img "):
            self.body[place] = _with_size(self.body[place], path)


def _with_size(tag: str, path: Path) -> str:
    extra = "" if " loading=" in tag else 'loading="lazy" '
    size = None if re.search(r"\s(width|height)=", tag) else picture_size(path)
    if size:
        extra += f'width="{size[0]}" height="{size[1]}" '
    return tag.replace("<img ", f"<img {extra}", 1)


def _depart_image(self: Any, node: nodes.image) -> None:
    type(self).depart_image(self, node)
