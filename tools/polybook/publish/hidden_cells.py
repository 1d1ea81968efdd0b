"""What stands on a cell that a tag such as ``hide-input`` hides, in the language of the book."""

from __future__ import annotations

from html import escape
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput, visit_HideCellInput
from sphinx.application import Sphinx
from sphinx.locale import _

from polybook.publish.formats import is_epub


def setup_hidden_cells(app: Sphinx) -> None:
    """Translate MyST-NB's words; a book that has its own there keeps them."""
    handlers = (_visit_hidden, _depart_hidden)
    app.registry.add_translation_handlers(HideCodeCellNode, html=handlers)


def _visit_hidden(self: Any, node: nodes.Element) -> None:
    if is_epub(self.builder):
        # Where nothing is opened with a click, nothing is hidden.
        return
    at = len(self.body)
    visit_HideCellInput(self, node)
    self.body[at:] = [_translated(piece) for piece in self.body[at:]]


def _depart_hidden(self: Any, node: nodes.Element) -> None:
    if not is_epub(self.builder):
        depart_HideCellInput(self, node)


def _translated(html: str) -> str:
    """Return the HTML of the words that open a hidden cell, translated."""
    words = {
        "Toggle hidden content": _("Toggle hidden content"),
        "Show code cell content": _("Show code cell content"),
        "Hide code cell content": _("Hide code cell content"),
        "Show code cell source": _("Show code cell source"),
        "Hide code cell source": _("Hide code cell source"),
        "Show code cell output": _("Show code cell output"),
        "Hide code cell output": _("Hide code cell output"),
        "Show code cell outputs": _("Show code cell outputs"),
        "Hide code cell outputs": _("Hide code cell outputs"),
    }
    for english, word in words.items():
        for before, after in ('""', "><"):
            whole = f"{before}{english}{after}"
            html = html.replace(whole, f"{before}{escape(word)}{after}")
    return html
