"""The boxes of task lists say aloud whether they are ticked, and stand in print."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.transforms.post_transforms import SphinxPostTransform

# As the Markdown plug-in writes them.
_BOX = '<input class="task-list-item-checkbox"'
# With the signs of amssymb, which each builder for LaTeX loads; no font has all of them.
_PRINTED = {True: r"\rlap{\(\checkmark\)}\(\square\)~", False: r"\(\square\)~"}


def setup_task_list(app: Sphinx) -> None:
    """Name the boxes, which have no label of their own."""
    app.add_post_transform(TaskListTransform)


class TaskListTransform(SphinxPostTransform):
    """Adds a name to each box of a page, or prints it."""

    default_priority = 710
    formats = ("html", "latex")

    def run(self, **kwargs: Any) -> None:
        """Change the raw HTML of the boxes."""
        printed = self.app.builder.format == "latex"
        for node in list(self.document.findall(nodes.raw)):
            html = node.astext()
            if printed and html.startswith(_BOX):
                node.replace_self(nodes.raw("", _PRINTED["checked" in html], format="latex"))
            elif html.startswith(_BOX) and "aria-label" not in html:
                name = _("done") if "checked" in html else _("to do")
                named = html.replace(_BOX, f'{_BOX} aria-label="{name}"', 1)
                node.replace_self(nodes.raw("", named, format=node["format"]))
