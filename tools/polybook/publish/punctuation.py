"""Formulas in a line keep the punctuation beside them: a browser would let a line begin with it."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

_BEFORE = re.compile(r"[(\[{“‘«„]+\Z")
_AFTER = re.compile(r"\A[.,;:!?)\]}”’»…]+")


def setup_punctuation(app: Sphinx) -> None:
    """Keep formulas and punctuation together in web pages."""
    app.add_post_transform(_Unbroken)


class _Unbroken(SphinxPostTransform):
    """Puts a formula and the punctuation that touches it into an element that does not break."""

    default_priority = 900
    formats = ("html",)

    def run(self, **_: Any) -> None:
        for formula in list(self.document.findall(nodes.math)):
            parent = formula.parent
            at = parent.index(formula)
            before = _touching(parent, at - 1, _BEFORE)
            after = _touching(parent, at + 1, _AFTER)
            if not (before or after):
                continue
            unbroken = nodes.inline("", classes=["unbroken"])
            parent[at] = unbroken
            # The later one first: its place would move.
            if after:
                parent[at + 1] = nodes.Text(parent[at + 1].removeprefix(after))
            if before:
                parent[at - 1] = nodes.Text(parent[at - 1].removesuffix(before))
            unbroken += [nodes.Text(before)] if before else []
            unbroken += formula
            unbroken += [nodes.Text(after)] if after else []


def _touching(parent: nodes.Element, at: int, punctuation: re.Pattern[str]) -> str:
    """Return the punctuation of a neighbour at the side of the formula; empty without."""
    if not 0 <= at < len(parent) or not isinstance(parent[at], nodes.Text):
        return ""
    found = punctuation.search(str(parent[at]))
    return found[0] if found else ""
