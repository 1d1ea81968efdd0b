"""Marks at the blocks of a page that say from which line of the chapter they come.

They are classes, for these every writer passes on. Only the preview has them: it shows mistakes
and running cells at their place.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx

PREFIX = "source-line-"

# What a reader takes for one thing, and an author writes as one.
_BLOCKS = (
    nodes.paragraph,
    nodes.title,
    nodes.literal_block,
    nodes.math_block,
    nodes.figure,
    nodes.table,
    nodes.list_item,
    nodes.Admonition,
    nodes.block_quote,
    nodes.container,
)


def setup_lines(app: Sphinx) -> None:
    """Mark the blocks of every page that is written."""
    # When nothing looks at the tree any more but the writer.
    app.connect("doctree-resolved", _mark, priority=999)


def _mark(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for node in doctree.findall(lambda each: isinstance(each, _BLOCKS)):
        if node.line:
            node["classes"] = [*node["classes"], f"{PREFIX}{node.line}"]
