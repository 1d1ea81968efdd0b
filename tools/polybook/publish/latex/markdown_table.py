"""Tables of the text in print: columns as their content needs them, on the side that they name."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from polybook.publish.latex.table_layout import (
    Column,
    column_of,
    column_spec,
    fitting_size,
    in_size,
)
from polybook.publish.project import project_of

# What of a formula's source takes no room of its own, and what becomes one sign.
_UNSEEN = re.compile(r"\\(?:math\w+|boldsymbol|operatorname|bar|hat|frac|left|right)\b|[{}^_\s]")
_SIGN = re.compile(r"\\(?:[A-Za-z]+|.)")
_SIDES = {"text-left": "l", "text-center": "c", "text-right": "r"}


def setup_markdown_table(app: Sphinx) -> None:
    """Lay out tables for print."""
    app.add_post_transform(MarkdownTable)


class MarkdownTable(SphinxPostTransform):
    """Gives tables without widths the columns that fit, in smaller type if there are many."""

    # When references and formulas have their text.
    default_priority = 800
    formats = ("latex",)

    def run(self, **kwargs: Any) -> None:
        """Change the tables of the document."""
        share = project_of(self.app).paper.line_share
        for table in list(self.document.findall(nodes.table)):
            if "colwidths-given" not in table["classes"] and not _has_spec(table):
                _lay_out(table, share)


def _has_spec(table: nodes.table) -> bool:
    """Tell whether the book, or polybook, has said how wide the columns are."""
    at = table.parent.index(table)
    return at > 0 and isinstance(table.parent[at - 1], addnodes.tabular_col_spec)


def _lay_out(table: nodes.table, share: float) -> None:
    columns = table_columns(table)
    if not columns:
        return
    for entry in table.findall(nodes.entry):
        # An empty paragraph would be a line.
        entry[:] = [each for each in entry if each.children]
    size, line = fitting_size(columns, share)
    # What stands in its own group, such as a figure, takes its specification along.
    spec = addnodes.tabular_col_spec(spec=column_spec(columns, line))
    at = table.parent.index(table)
    table.parent[at : at + 1] = in_size(size, [spec, table])


def table_columns(table: nodes.table) -> list[Column]:
    """Return the columns of a table; none if it has more than lines of text in its cells."""
    group = next(table.findall(nodes.tgroup))
    texts: list[list[str]] = [[] for _ in range(int(group["cols"]))]
    sides = ["l"] * len(texts)
    for row in table.findall(nodes.row):
        if len(row) != len(texts):
            return []
        for at, entry in enumerate(row):
            simple = len(entry) < 2 and all(isinstance(each, nodes.paragraph) for each in entry)
            if not simple or "morecols" in entry or "morerows" in entry:
                return []
            texts[at].append(_shown(entry))
            for name in entry["classes"]:
                sides[at] = _SIDES.get(name, sides[at])
    return [column_of(each, side) for each, side in zip(texts, sides, strict=True)]


def _shown(entry: nodes.entry) -> str:
    """Return a text about as wide as a cell: the source of a formula is wider than the formula."""
    return "".join(
        _SIGN.sub("x", _UNSEEN.sub("", each)) if isinstance(each.parent, nodes.math) else each
        for each in entry.findall(nodes.Text)
    )
