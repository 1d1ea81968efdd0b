"""What stands on a cell that a tag such as ``hide-input`` hides, in the language of the book."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.transforms.post_transforms import SphinxPostTransform


def setup_hidden_cells(app: Sphinx) -> None:
    """Translate MyST-NB's words, which a book may replace by its own."""
    app.add_post_transform(HiddenCellsTransform)


class HiddenCellsTransform(SphinxPostTransform):
    """Translates the words on each hidden cell of a page."""

    # After MyST-NB has hidden the cells.
    default_priority = 700
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Change the words that are MyST-NB's own."""
        known = {
            "Show code cell content": _("Show code cell content"),
            "Hide code cell content": _("Hide code cell content"),
            "Show code cell source": _("Show code cell source"),
            "Hide code cell source": _("Hide code cell source"),
            "Show code cell output": _("Show code cell output"),
            "Hide code cell output": _("Hide code cell output"),
            "Show code cell outputs": _("Show code cell outputs"),
            "Hide code cell outputs": _("Hide code cell outputs"),
        }
        for node in self.document.findall(_is_hidden):
            for prompt in ("prompt_show", "prompt_hide"):
                node[prompt] = known.get(node[prompt], node[prompt])


def _is_hidden(node: nodes.Node) -> bool:
    return isinstance(node, HideCodeCellNode)
