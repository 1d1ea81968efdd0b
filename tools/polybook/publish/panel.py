"""What belongs to one framework: tab sets, of which a reader sees one panel.

On the website a tab set has a button per framework. Any other format shows all
panels, each under its framework's title.
"""

from __future__ import annotations

from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.transforms.post_transforms import SphinxPostTransform


class FrameworkTabs(nodes.General, nodes.Element):
    """A tab set; its children are `FrameworkPanel` nodes, in the order of the tabs."""


class FrameworkPanel(nodes.General, nodes.Element):
    """What a reader of one framework sees, with the attributes ``framework`` and ``title``."""


def framework_panel(framework: str, title: str) -> FrameworkPanel:
    """Return the empty panel of a framework, which its tab calls ``title``."""
    return FrameworkPanel("", framework=framework, title=title)


def setup_panel(app: Sphinx) -> None:
    """Teach websites to show tab sets, and take them apart for every other format."""
    app.add_node(FrameworkTabs, html=(_visit_tabs, _depart))
    app.add_node(FrameworkPanel, html=(_visit_panel, _depart))
    app.add_post_transform(FlattenTabs)


class FlattenTabs(SphinxPostTransform):
    """Puts each panel's content under its title where nothing can be switched."""

    # Before the transforms that number and resolve what is in the panels.
    default_priority = 5

    def run(self, **kwargs: Any) -> None:
        """Replace the tab sets of the page."""
        if shows_tabs(self.app):
            return
        for tabs in list(self.document.findall(FrameworkTabs)):
            flat: list[nodes.Node] = []
            for panel in tabs:
                title = panel["title"]
                flat.append(nodes.rubric(title, title, classes=["framework-title"]))
                flat += panel.children
            tabs.replace_self(flat)


def shows_tabs(app: Sphinx) -> bool:
    """Tell whether the pages that are built can be switched by their reader."""
    return app.builder.format == "html" and app.builder.name != "epub"


def _number(tabs: FrameworkTabs) -> int:
    """Return the place of a tab set among those of its page, from 1."""
    document = tabs.document
    if document is None:
        return 1
    if not hasattr(document, "framework_tabs"):
        document.framework_tabs = {
            id(each): number for number, each in enumerate(document.findall(FrameworkTabs), 1)
        }
    return document.framework_tabs.get(id(tabs), 1)


def _ids(panel: FrameworkPanel) -> tuple[str, str]:
    """Return the ids of a panel's tab and of itself.

    No heading has such an id: docutils makes none with an underscore.
    """
    place = f"{_number(panel.parent)}_{panel['framework']}"
    return f"tab_{place}", f"panel_{place}"


def _visit_tabs(self: Any, node: FrameworkTabs) -> None:
    names = [panel["framework"] for panel in node]
    self.body.append(
        self.starttag(node, "div", CLASS="framework-tabs", **{"data-frameworks": " ".join(names)})
    )
    if len(node) < 2:
        # Nothing to choose.
        return
    self.body.append(f'<div role="tablist" aria-label="{escape(_("Framework"))}">')
    for at, panel in enumerate(node):
        tab, own = _ids(panel)
        self.body.append(
            f'<button type="button" role="tab" id="{tab}" aria-controls="{own}"'
            f' aria-selected="{"false" if at else "true"}" tabindex="{-1 if at else 0}"'
            f' data-framework="{escape(panel["framework"])}">{escape(panel["title"])}</button>'
        )
    self.body.append("</div>\n")


def _visit_panel(self: Any, node: FrameworkPanel) -> None:
    attributes = {"data-framework": node["framework"]}
    if len(node.parent) > 1:
        tab, own = _ids(node)
        attributes |= {"role": "tabpanel", "aria-labelledby": tab}
        self.body.append(
            self.starttag(node, "div", CLASS="framework-panel", ids=[own], **attributes)
        )
    else:
        self.body.append(self.starttag(node, "div", CLASS="framework-panel", **attributes))


def _depart(self: Any, node: nodes.Element) -> None:
    self.body.append("</div>\n")
