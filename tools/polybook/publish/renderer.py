"""Tokens of the dialect to docutils nodes; everything else is MyST-NB's."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from markdown_it.tree import SyntaxTreeNode
from myst_nb.sphinx_ import SphinxNbRenderer
from myst_parser.mdit_to_docutils.base import token_line

from polybook.publish.dialect import DialectRendering
from polybook.publish.panel import FrameworkTabs, FrameworkText, framework_panel
from polybook.source.fence import read_head
from polybook.source.pragma import framework_code


class ChapterRenderer(DialectRendering, SphinxNbRenderer):
    """Renders figures, tab sets and numbered equations beside what MyST-NB renders."""

    def render_figure(self, token: SyntaxTreeNode) -> None:
        """Render a captioned image, alone in its paragraph, as a numbered figure."""
        picture = token.children[0].children[0]
        figure = nodes.figure()
        self.add_line_and_source_path(figure, token)
        with self.current_node_context(figure, append=True):
            self.render_image(picture)
            caption = nodes.caption()
            self.add_line_and_source_path(caption, token)
            with self.current_node_context(caption, append=True):
                self.render_children(picture)
        figure["align"] = "center"
        # A figure that repeats in another tab carries no number again.
        if token.meta.get("repeated"):
            return
        for name, _ in token.meta.get("names", []):
            figure["names"].append(nodes.fully_normalize_name(name))
        if figure["names"]:
            self.document.note_explicit_target(figure, figure)
        else:
            self.document.note_implicit_target(figure, figure)

    def render_image(self, token: SyntaxTreeNode) -> None:
        """Render an image; a width in the dialect may be any CSS length."""
        super().render_image(token)
        image = self.current_node[-1]
        for key in ("width", "height"):
            if value := token.attrGet(key):
                image[key] = directives.unchanged(str(value))

    def render_link_url(self, token: SyntaxTreeNode, conversion: Any = None) -> None:
        """Render a link to another site; MyST writes its address as HTML does, writers again."""
        super().render_link_url(token, conversion)
        link = self.current_node[-1]
        link["refuri"] = link["refuri"].replace("&amp;", "&")

    def render_tab_set(self, token: SyntaxTreeNode) -> None:
        """Render panels that a reader switches by framework."""
        with self.current_node_context(FrameworkTabs(), append=True):
            self.render_children(token)

    def render_tab_item(self, token: SyntaxTreeNode) -> None:
        """Render one panel, labelled with the framework's title."""
        name = token.meta["framework"]
        title = self.md_options["frameworks"].get(name, name)
        with self.current_node_context(framework_panel(name, title), append=True):
            self.render_children(token)

    def render_tab_text(self, token: SyntaxTreeNode) -> None:
        """Render text that stands in several panels."""
        with self.current_node_context(FrameworkText("", line=token.meta["line"]), append=True):
            self.render_children(token)

    def render_cell(self, token: SyntaxTreeNode) -> None:
        """Render a cell inside a directive, where it cannot run, as a listing."""
        # Its options are no code.
        options = read_head(token.info, token.content).options
        source, _ = framework_code("\n".join(token.content.split("\n")[options:]), 1)
        node = self.create_highlighted_code_block(
            source, "ipython3", source=self.document["source"], line=token_line(token, 0)
        )
        self.add_line_and_source_path(node, token)
        self.current_node.append(node)

    def render_select(self, token: SyntaxTreeNode) -> None:
        """Leave out what only lets plain Jupyter choose a framework."""

    def render_stored_output(self, token: SyntaxTreeNode) -> None:
        """Leave out outputs that are stored in a chapter, which the parser has reported."""

    def render_tab_block(self, token: SyntaxTreeNode) -> None:
        """Render text of some frameworks inside a directive, which the parser has reported."""
        self.render_children(token)

    def render_math_block(self, token: SyntaxTreeNode) -> None:
        """Render a displayed equation; each has a number, labelled or not."""
        self._equation(token, None)

    def render_math_block_label(self, token: SyntaxTreeNode) -> None:
        """Render a labelled equation."""
        self._equation(token, token.info)

    def render_math_inline_double(self, token: SyntaxTreeNode) -> None:
        """Render a displayed equation that stands inside a paragraph."""
        names = token.meta.get("names", [])
        self._equation(token, names[0][0] if names else None)

    def _equation(self, token: SyntaxTreeNode, label: str | None) -> None:
        content = token.content.strip("\n")
        node = nodes.math_block(content, content, nowrap=False, number=None)
        self.add_line_and_source_path(node, token)
        if not token.meta.get("repeated"):
            node["label"] = label or self._random_label()
            target = self.add_math_target(node)
            self.add_line_and_source_path(target, token)
            if isinstance(self.current_node, nodes.TextElement):
                # docutils hands a target's id on to blocks only, and Sphinx
                # counts what has one.
                node["ids"] += target["ids"]
                self.document.ids.update(dict.fromkeys(target["ids"], node))
            else:
                self.current_node.append(target)
        self.current_node.append(node)

    def _random_label(self) -> str:
        # MyST draws a random one; the same book must give the same bytes.
        env = self.sphinx_env
        return f"{env.docname}:{env.new_serialno('polybook.equation')}"
