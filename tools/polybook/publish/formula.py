"""The formulas of a page: what TeX reads, and which earlier formulas it depends on."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence

from docutils import nodes

from polybook.publish.typesetter import Request

Formula = tuple[str, bool]
"""TeX, and whether it is displayed."""

# What changes how later formulas are read: definitions, packages, labels that
# they may refer to.
_STATEFUL = re.compile(
    r"\\(?:(?:re)?new(?:command|environment|tagform)|provide\w+|[gex]?def|g?let|Declare\w+|"
    r"Newextarrow|require|definecolor|setoptions|\w+set|usetagform|label|tag)(?![a-zA-Z])"
)
_REFERENCE = re.compile(r"\\(?:eq)?ref(?![a-zA-Z])")


def formula_nodes(tree: nodes.Element) -> Iterator[nodes.math | nodes.math_block]:
    """Return the formulas below ``tree``, in their order."""
    return tree.findall(lambda node: isinstance(node, nodes.math | nodes.math_block))


def formula_of(node: nodes.math | nodes.math_block) -> Formula:
    """Return what TeX reads for a node, as Sphinx and MyST hand it to MathJax."""
    if isinstance(node, nodes.math):
        return node.astext(), False
    return displayed(node.astext(), bool(node.get("nowrap")))


def displayed(text: str, nowrap: bool) -> Formula:
    """Return what TeX reads for a displayed formula, which ``nowrap`` leaves as it is."""
    if nowrap:
        return text, True
    parts = [
        rf"\begin{{split}}{part}\end{{split}}" if r"\\" in part else part
        for part in text.split("\n\n")
        if part.strip()
    ]
    if len(parts) > 1:
        lines = r"\\".join(parts)
        return rf"\begin{{align}}\begin{{aligned}}{lines}\end{{aligned}}\end{{align}}", True
    return "".join(parts), True


def page_requests(formulas: Sequence[Formula], numbered: bool) -> list[Request]:
    """Return what to typeset for the formulas of a page.

    A definition holds for the formulas after it, up to the page's end, as it
    does where a browser typesets the page; a reference finds every label.

    Args:
        formulas: All of the page, in order.
        numbered: Whether MathJax numbers displayed formulas itself.
    """
    stateful = [bool(_STATEFUL.search(tex) or (numbered and shown)) for tex, shown in formulas]
    every = tuple(
        _canonical(formula) for formula, is_one in zip(formulas, stateful, strict=True) if is_one
    )
    requests, before = [], 0
    for (tex, display), is_one in zip(formulas, stateful, strict=True):
        all_of_them = not is_one and _REFERENCE.search(tex)
        context = every if all_of_them else every[:before]
        requests.append(Request(context, tex, display, is_one))
        before += is_one
    return requests


def _canonical(formula: Formula) -> str:
    tex, display = formula
    return json.dumps([display, tex])


def content_key(request: Request) -> str:
    """Return a digest of all that a formula's markup depends on, beside the settings."""
    content = json.dumps([request.context, request.tex, request.display])
    return hashlib.sha256(content.encode()).hexdigest()
