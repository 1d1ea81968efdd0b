"""Tables that are wider than a phone scroll inside the page."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx


def setup_wide_table(app: Sphinx) -> None:
    """Put each table of a website into a box that scrolls."""
    # See polybook.publish.images for why not `add_node`.
    app.registry.add_translation_handlers(nodes.table, html=(_visit, _depart))


def _visit(self: Any, node: nodes.table) -> None:
    self.body.append('<div class="table-scroll">')
    type(self).visit_table(self, node)


def _depart(self: Any, node: nodes.table) -> None:
    type(self).depart_table(self, node)
    self.body.append("</div>\n")
