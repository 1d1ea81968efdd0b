"""What belongs to one framework: tab sets, of which a reader sees one panel.

On the website a tab set has a button per framework. An edition of the book for
one framework (:mod:`polybook.publish.edition`) shows that framework's panels as
if there were no other. Any other format shows all panels, each under its
framework's title.
"""

from __future__ import annotations

from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.transforms.post_transforms import SphinxPostTransform

from polybook.publish.formats import is_epub

EDITION = "polybook_edition"
"""Sphinx's setting with the framework whose readers the book is made for; empty for all."""


class FrameworkTabs(nodes.General, nodes.Element):
    """A tab set; its children are `FrameworkPanel` nodes, in the order of the tabs."""


class FrameworkPanel(nodes.General, nodes.Element):
    """What a reader of one framework sees, with the attributes ``framework`` and ``title``."""


class FrameworkText(nodes.General, nodes.Element):
    """Text that stands in several panels of a tab set, with its ``line`` in the chapter.

    Only that of the first of them has labels and numbers.
    """


def framework_panel(framework: str, title: str) -> FrameworkPanel:
    """Return the empty panel of a framework, which its tab calls ``title``."""
    return FrameworkPanel("", framework=framework, title=title)


def setup_panel(app: Sphinx) -> None:
    """Teach websites to show tab sets, and take them apart for every other format."""
    # Neither the trees nor their numbers depend on it.
    app.add_config_value(EDITION, "", "", (str,))
    app.add_node(FrameworkTabs, html=(_visit_tabs, _depart))
    app.add_node(FrameworkPanel, html=(_visit_panel, _depart))
    app.add_node(FrameworkText, html=(_pass, _pass))
    app.add_post_transform(FlattenTabs)


class FlattenTabs(SphinxPostTransform):
    """Puts what is in the panels in the place of the tab sets where nothing can be switched."""

    # Before the transforms that number and resolve what is in the panels.
    default_priority = 5

    def run(self, **kwargs: Any) -> None:
        """Replace the tab sets of the page."""
        if shows_tabs(self.app):
            return
        show_framework(self.document, self.config[EDITION])


def show_framework(document: nodes.document, framework: str) -> None:
    """Put what readers of ``framework`` see, or of all if it is empty, in the place of tab sets."""
    for tabs in list(document.findall(FrameworkTabs)):
        tabs.replace_self(_chosen(tabs, framework) if framework else _all_panels(tabs))
    for text in list(document.findall(FrameworkText)):
        text.replace_self(text.children)


def _chosen(tabs: FrameworkTabs, framework: str) -> list[nodes.Node]:
    """Return what readers of ``framework`` see, with the labels that others may have."""
    panel = next((each for each in tabs if each["framework"] == framework), None)
    if panel is None:
        return []
    labelled: dict[int, FrameworkText] = {}
    for text in tabs.findall(FrameworkText):
        labelled.setdefault(text["line"], text)
    for text in list(panel.findall(FrameworkText)):
        if labelled[text["line"]] is not text:
            text.replace_self(labelled[text["line"]])
    return panel.children


def _all_panels(tabs: FrameworkTabs) -> list[nodes.Node]:
    """Return the content of all panels, each below its title."""
    flat: list[nodes.Node] = []
    for panel in tabs:
        flat.append(nodes.rubric(panel["title"], panel["title"], classes=["framework-title"]))
        flat += panel.children
    return flat


def shows_tabs(app: Sphinx) -> bool:
    """Tell whether the pages that are built can be switched by their reader."""
    return app.builder.format == "html" and not is_epub(app.builder)


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


def _pass(self: Any, node: FrameworkText) -> None:
    """Leave the text to the nodes that it holds."""


def _depart(self: Any, node: nodes.Element) -> None:
    self.body.append("</div>\n")
