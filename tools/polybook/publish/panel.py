"""A tab set's panel for one framework, as sphinx-design builds it."""

from __future__ import annotations

from docutils import nodes
from sphinx_design.shared import create_component

SYNC_GROUP = "framework"


def tab_set() -> nodes.container:
    """Return an empty tab set, whose panels a reader switches by framework."""
    return create_component("tab-set", classes=["sd-tab-set", "polybook-tabs"])


def tab_item(framework: str, title: str) -> tuple[nodes.container, nodes.container]:
    """Return a tab of a framework, labelled with its title, and its empty panel inside it."""
    item = create_component("tab-item", classes=["sd-tab-item"], selected=False)
    item += nodes.rubric(
        title,
        "",
        nodes.Text(title),
        classes=["sd-tab-label"],
        sync_id=framework,
        sync_group=SYNC_GROUP,
    )
    content = create_component("tab-content", classes=["sd-tab-content"])
    item += content
    return item, content
