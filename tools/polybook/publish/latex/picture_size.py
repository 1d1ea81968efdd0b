"""How large pictures are in print: as on the website, where 96 pixels are an inch.

Sphinx's LaTeX makes smaller what is wider than its line or higher than the page.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from polybook.publish.images import picture_size

_LENGTH = re.compile(r"\s*\+?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*([a-z%]*)\s*$", re.IGNORECASE)
# What docutils' and Sphinx's writers make right of: https://www.w3.org/TR/css-values-4/#lengths
_KNOWN = ("", "px", "pt", "pc", "in", "cm", "mm", "em", "ex", "%")
# Other units of CSS as so many of a known one. The window is the line in print.
_OTHERS = {"rem": (1, "em"), "ch": (0.5, "em"), "q": (0.25, "mm"), "vw": (1, "%")}
_DRAWINGS = (".svg", ".pdf")


def setup_picture_size(app: Sphinx) -> None:
    """Give the pictures of printed pages their size."""
    app.add_post_transform(PictureSize)


def printed_length(value: str) -> str:
    """Return a CSS length in a unit that LaTeX's writer knows; empty if there is none.

    >>> printed_length("12rem"), printed_length(".5cm"), printed_length("1e2px")
    ('12em', '0.5cm', '100px')
    """
    found = _LENGTH.match(value)
    if not found:
        return ""
    amount, unit = float(found[1] + (found[2] or "")), found[3].lower()
    factor, known = _OTHERS.get(unit, (1, unit))
    if known not in _KNOWN or amount <= 0:
        return ""
    return f"{amount * factor:.4f}".rstrip("0").rstrip(".") + known


class PictureSize(SphinxPostTransform):
    """Sets the width of pictures that have none, and rewrites lengths that only browsers know."""

    # Before pictures are converted: dots become a PNG of as many dots, and drawings have a size.
    default_priority = 180
    formats = ("latex",)

    def run(self, **kwargs: Any) -> None:
        """Change the pictures of the document."""
        for image in self.document.findall(nodes.image):
            for side in ("width", "height"):
                if side in image and not _rewrite(image, side):
                    del image[side]
            if "width" not in image and "height" not in image:
                self._natural(image)

    def _natural(self, image: nodes.image) -> None:
        path = Path(self.app.srcdir, image["uri"])
        if path.suffix.lower() in _DRAWINGS:
            # A drawing tells TeX itself.
            return
        if size := picture_size(path):
            image["width"] = f"{size[0]}px"


def _rewrite(image: nodes.image, side: str) -> bool:
    length = printed_length(str(image[side]))
    if not length or (side == "height" and length.endswith("%")):
        # In CSS, too, a share of the height of text is no length.
        return False
    image[side] = length
    return True
