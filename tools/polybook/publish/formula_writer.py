"""Formulas in HTML: MathJax's markup in the place of the node."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from docutils import nodes
from sphinx.builders import Builder
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from polybook.publish.formats import is_epub
from polybook.publish.formula import formula_of
from polybook.publish.typesetter import Typeset
from polybook.publish.typesetting import Typesetting
from polybook.source import Diagnostic

LOGGER = logging.getLogger(__name__)
# How many lines below the beginning of its paragraph a formula is looked for.
_PARAGRAPH = 60
_MATHML = "http://www.w3.org/1998/Math/MathML"
_NAMESPACE = re.compile(r'\s(?:xmlns|alttext)="[^"]*"')

_typesetting: WeakKeyDictionary[Builder, Typesetting] = WeakKeyDictionary()
_reported: WeakKeyDictionary[Builder, set[tuple[str, str]]] = WeakKeyDictionary()


def write_with(builder: Builder, typesetting: Typesetting) -> None:
    """Let the pages of ``builder`` take their formulas from ``typesetting``."""
    _typesetting[builder] = typesetting
    _reported[builder] = set()


def typesetting_of(builder: Builder) -> Typesetting | None:
    """Return what `write_with` was given."""
    return _typesetting.get(builder)


def visit_inline(translator: Any, node: nodes.math) -> None:
    """Write a formula in a line of text."""
    translator.body.append(
        translator.starttag(node, "span", "", CLASS="math notranslate nohighlight")
    )
    translator.body.append(_markup(translator, node))
    translator.body.append("</span>")
    raise nodes.SkipNode


def visit_displayed(translator: Any, node: nodes.math_block) -> None:
    """Write a displayed formula, with its number and a link to it."""
    translator.body.append(translator.starttag(node, "div", CLASS="math notranslate nohighlight"))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, _("Link to this equation"))
        translator.body.append("</span>")
    translator.body.append(_markup(translator, node))
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def _markup(translator: Any, node: nodes.math | nodes.math_block) -> str:
    builder = translator.builder
    formula = formula_of(node)
    page, place = node.get("formula", ("", None))
    result = _typesetting[builder].look_up(formula, page, place)
    if result.problem:
        _report(builder, node, page, result)
    if not result.markup:
        source, problem = translator.encode(node.astext()), translator.attval(result.problem)
        return f'<code class="math-error" title="{problem}">{source}</code>'
    return _mathml(result.markup, node.astext()) if is_epub(builder) else result.markup


def _mathml(markup: str, tex: str) -> str:
    """Return the MathML in a formula's markup, which is what readers of EPUB can do."""
    content = markup[markup.index("<math") + len("<math") : markup.index("</math>")]
    # MathJax may have named the namespace.
    attributes, _, rest = content.partition(">")
    attributes = _NAMESPACE.sub("", attributes)
    known = f'{attributes} xmlns="{_MATHML}" alttext="{escape(" ".join(tex.split()))}"'
    return f"<math{known}>{rest}</math>"


def _report(builder: Builder, node: nodes.Element, page: str, result: Typeset) -> None:
    """Tell once, on the formula's own page, what TeX could not read."""
    docname = getattr(builder, "current_docname", None) or page
    # The title of a page stands on others too, and several times on its own.
    key = (docname, node.astext())
    if (page and page != docname) or key in _reported[builder]:
        return
    _reported[builder].add(key)
    line = _line(builder, node, docname)
    message = f"{result.problem}: {' '.join(node.astext().split())}"
    found = Diagnostic(docname, line, 1, "unreadable-formula", message)
    LOGGER.warning("%s [%s]", found.message, found.code, location=(docname, line))


def _line(builder: Builder, node: nodes.Element, docname: str) -> int:
    """Return the line on which a formula begins; docutils knows its paragraph's."""
    first = node
    while first.line is None and first.parent is not None:
        first = first.parent
    if first.line is None:
        return 1
    text = Path(builder.env.doc2path(docname)).read_text(encoding="utf-8", errors="replace")
    lines = text.splitlines()[first.line - 1 :][:_PARAGRAPH]
    sought = node.astext().strip().partition("\n")[0]
    return next((first.line + i for i, line in enumerate(lines) if sought in line), first.line)
