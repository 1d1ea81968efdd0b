"""What the HTML of docutils lacks: tables that scroll, and a list of works without wrong roles."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

_WORKS = '<div role="list" class="citation-list">'


def setup_markup(app: Sphinx) -> None:
    """Change how websites show tables and works."""
    # See polybook.publish.images for why not `add_node`.
    add = app.registry.add_translation_handlers
    add(nodes.table, html=(_visit_table, _depart_table))
    add(nodes.citation, html=(_visit_citation, _depart_citation))


def _visit_table(self: Any, node: nodes.table) -> None:
    """Put the table into a box that scrolls where the window is narrow."""
    self.body.append('<div class="table-scroll">')
    type(self).visit_table(self, node)


def _depart_table(self: Any, node: nodes.table) -> None:
    type(self).depart_table(self, node)
    self.body.append("</div>\n")


def _visit_citation(self: Any, node: nodes.citation) -> None:
    """Leave out the role of a list, whose children would have to be list items."""
    at = len(self.body)
    type(self).visit_citation(self, node)
    self.body[at:] = [
        part.replace(_WORKS, '<div class="citation-list">') for part in self.body[at:]
    ]


def _depart_citation(self: Any, node: nodes.citation) -> None:
    type(self).depart_citation(self, node)
