"""What a reader opens with a click, without a script: Jupyter Book's dropdowns and toggles."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import _, admonitionlabels
from sphinx.transforms.post_transforms import SphinxPostTransform

from polybook.publish.theme import has_theme

_OPEN = "toggle-shown"


class Disclosure(nodes.General, nodes.Element):
    """Content below a summary, with the attribute ``open``."""


class Summary(nodes.General, nodes.TextElement):
    """The line of a `Disclosure` that is always visible."""


def setup_disclosure(app: Sphinx) -> None:
    """Render admonitions of the class ``dropdown`` and the directive ``toggle``."""
    app.add_node(Disclosure, html=(_visit_disclosure, _depart_disclosure))
    app.add_node(Summary, html=(_visit_summary, _depart_summary))
    app.add_post_transform(DisclosureTransform)


class DisclosureTransform(SphinxPostTransform):
    """Makes disclosures where the theme shows them."""

    default_priority = 700

    def run(self, **kwargs: Any) -> None:
        """Replace the nodes of the page."""
        if not has_theme(self.app):
            return
        for node in list(self.document.findall(_is_toggled)):
            node.replace_self(_disclosure(node))


def _is_toggled(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Admonition):
        return bool({"dropdown", "toggle"} & set(node["classes"]))
    return isinstance(node, nodes.container) and "toggle" in node["classes"]


def _disclosure(node: nodes.Element) -> Disclosure:
    content = list(node.children)
    if isinstance(node, nodes.Admonition):
        name = node.tagname
        own = [] if name == "admonition" else [name]
        if own or not (content and isinstance(content[0], nodes.title)):
            words: list[nodes.Node] = [nodes.Text(admonitionlabels.get(name, name))]
        else:
            words = content.pop(0).children
        classes, summary = ["admonition", *own], "admonition-title"
    else:
        words, classes, summary = [nodes.Text(_("Show"))], [], "toggle-title"
    made = Disclosure("", open=_OPEN in node["classes"])
    made["classes"] = [*classes, *node["classes"]]
    made["ids"], made["names"] = node["ids"], node["names"]
    made += Summary("", "", *words, classes=[summary])
    made += content
    return made


def _visit_disclosure(self: Any, node: Disclosure) -> None:
    opened = {"open": "open"} if node["open"] else {}
    self.body.append(self.starttag(node, "details", **opened))


def _depart_disclosure(self: Any, node: Disclosure) -> None:
    self.body.append("</details>\n")


def _visit_summary(self: Any, node: Summary) -> None:
    self.body.append(self.starttag(node, "summary", ""))


def _depart_summary(self: Any, node: Summary) -> None:
    self.body.append("</summary>\n")
