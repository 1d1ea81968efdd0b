"""Tokens of the d2l dialect that mean what a directive of Sphinx means."""

from __future__ import annotations

import textwrap
from typing import Any

from docutils import nodes
from markdown_it.tree import SyntaxTreeNode
from myst_parser.mdit_to_docutils.base import token_line
from sphinx.util import logging
from sphinxcontrib.bibtex.citation_target import parse_citation_targets

LOGGER = logging.getLogger(__name__)
_Base: Any = object


class DialectRendering(_Base):
    """Part of the renderer: captions of tables, lists of pages, and text for Sphinx itself."""

    _lists_pages = False

    def render_table(self, token: SyntaxTreeNode) -> None:
        """Render a table; one with a caption is numbered."""
        caption = next((child for child in token.children if child.type == "caption"), None)
        if caption is None:
            super().render_table(token)
            return
        token.children = [child for child in token.children if child is not caption]
        super().render_table(token)
        table = self.current_node[-1]
        title = nodes.title()
        self.add_line_and_source_path(title, caption)
        table.insert(0, title)
        with self.current_node_context(title):
            self.render_children(caption.children[0])
        # A table that repeats in another tab carries no number again.
        if not token.meta.get("repeated"):
            self.document.note_implicit_target(table, table)

    def render_paragraph(self, token: SyntaxTreeNode) -> None:
        """Render a paragraph; a displayed formula in it stands between two paragraphs."""
        super().render_paragraph(token)
        paragraph = self.current_node[-1] if len(self.current_node) else None
        if not isinstance(paragraph, nodes.paragraph):
            return
        if any(isinstance(child, nodes.math_block) for child in paragraph):
            self.current_node.remove(paragraph)
            self.current_node += _parts(paragraph)

    def render_toc(self, token: SyntaxTreeNode) -> None:
        """Render links to the pages below this one, which ``_toc.yml`` alone decides."""
        site_map = getattr(self.sphinx_env, "external_site_map", {})
        here = self.sphinx_env.docname
        names = [here, *(here + suffix for suffix in self.sphinx_env.config.source_suffix)]
        document = next((site_map.get(name) for name in names if site_map.get(name)), None)
        # All lists of the page come where the first stands.
        if document is None or not document.subtrees or self._lists_pages:
            return
        self._lists_pages = True
        self.current_node += self.run_directive("tableofcontents", "", "", token_line(token, 0))

    def render_eval_rst(self, token: SyntaxTreeNode) -> None:
        """Render reStructuredText."""
        token.token.content = textwrap.dedent(token.content)
        self.render_restructuredtext(token)

    def render_bibliography(self, token: SyntaxTreeNode) -> None:
        """Render the list of the works that the book cites."""
        self.current_node += self.run_directive("bibliography", "", "", token_line(token, 0))

    def render_inline_mark(self, token: SyntaxTreeNode) -> None:
        """Render nothing: the label is its formula's."""

    def render_superscript(self, token: SyntaxTreeNode) -> None:
        """Render ``x^2^``."""
        with self.current_node_context(nodes.superscript(), append=True):
            self.render_children(token)

    def render_subscript(self, token: SyntaxTreeNode) -> None:
        """Render ``H~2~O``."""
        with self.current_node_context(nodes.subscript(), append=True):
            self.render_children(token)

    def render_s(self, token: SyntaxTreeNode) -> None:
        """Render ``~~x~~``, struck out where the format is HTML."""
        self.current_node.append(nodes.raw("", "<s>", format="html"))
        self.render_children(token)
        self.current_node.append(nodes.raw("", "</s>", format="html"))

    def render_myst_role(self, token: SyntaxTreeNode) -> None:
        """Render a role; of an equation's labels Sphinx knows the first alone.

        The roles of citations fail on what can be no key, and all pages with
        them: such a citation stays text.
        """
        name = token.meta["name"]
        if name.partition(":")[0] == "cite" and not _are_keys(token.content):
            place = (self.sphinx_env.docname, token_line(token, 0))
            LOGGER.warning("no work has the key '%s'", token.content, location=place)
            self.current_node.append(nodes.Text(token.content))
            return
        if name == "eq":
            first = self.md_options.get("equations", {})
            token.token.content = first.get(token.content, token.content)
        super().render_myst_role(token)


def _are_keys(text: str) -> bool:
    try:
        return bool(list(parse_citation_targets(text)))
    except ValueError:
        return False


def _parts(paragraph: nodes.paragraph) -> list[nodes.Element]:
    """Return ``paragraph`` cut at its displayed formulas."""
    parts: list[nodes.Element] = []
    text: nodes.paragraph | None = None
    for child in list(paragraph.children):
        if isinstance(child, nodes.math_block):
            parts.append(child)
            text = None
        elif text is not None or child.astext().strip():
            if text is None:
                # What the paragraph carries, such as its id, stays with its beginning.
                text = nodes.paragraph() if parts else paragraph.copy()
                text.source, text.line = paragraph.source, paragraph.line
                parts.append(text)
            text += child
    return parts
