"""Places of blocks that authors name and refer to, where Sphinx's writer of LaTeX marks none."""

from __future__ import annotations

from docutils import nodes

_BOXES = (nodes.Admonition, nodes.topic, nodes.sidebar)
_OTHERS = (
    nodes.block_quote,
    nodes.bullet_list,
    nodes.definition_list,
    nodes.enumerated_list,
    nodes.image,
    nodes.line_block,
    nodes.paragraph,
)


def mark_named_blocks(tree: nodes.document) -> None:
    """Put a target where a box, list, quotation, picture or paragraph with a name begins."""
    for node in list(tree.findall(lambda each: isinstance(each, (*_BOXES, *_OTHERS)))):
        if not node["ids"]:
            continue
        target = nodes.target("", "", ids=node["ids"])
        if isinstance(node, _BOXES):
            # Within the box, which may move to the next page as a whole.
            node.insert(1 if isinstance(node.children[0], nodes.title) else 0, target)
        else:
            node.parent.insert(node.parent.index(node), target)
