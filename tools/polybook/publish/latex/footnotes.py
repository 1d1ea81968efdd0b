"""Footnotes of a chapter in print: counted in the order of their marks, over all of its pages.

On the website each page counts its own. On paper the sections of a chapter follow one another, and
the same number would stand twice at the foot of a page.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.builders.latex.nodes import footnotemark, footnotetext


def number_footnotes(tree: nodes.document, first: int) -> int:
    """Number the footnotes of a page, resolved for LaTeX; return the number that comes next.

    Args:
        tree: The page; its footnotes stand at their marks, as Sphinx places them for LaTeX.
        first: The number of its first footnote.
    """
    numbers: dict[str, str] = {}
    for node in tree.findall(_is_note):
        given = node.astext() if isinstance(node, footnotemark) else node[0].astext()
        number = numbers.setdefault(given, str(first + len(numbers)))
        if isinstance(node, footnotemark):
            node.children = [nodes.Text(number)]
        else:
            node[0] = nodes.label("", number)
    return first + len(numbers)


def drop_rules(tree: nodes.document) -> None:
    """Take out the rules that stand over the footnotes of a page of the website."""
    for rule in list(tree.findall(nodes.transition)):
        if "footnotes" in rule["classes"]:
            rule.parent.remove(rule)


def _is_note(node: nodes.Node) -> bool:
    return isinstance(node, (nodes.footnote, footnotemark, footnotetext))
