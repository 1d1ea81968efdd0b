"""The d2l dialect as a markdown-it-py plug-in: one rule, one file."""

from __future__ import annotations

from markdown_it import MarkdownIt

from polybook.source.rules.attach import attach
from polybook.source.rules.caption import caption
from polybook.source.rules.cell import cell
from polybook.source.rules.display import wrap_display
from polybook.source.rules.emphasis import emphasis
from polybook.source.rules.heading import heading_attributes
from polybook.source.rules.html import html_lines, html_text
from polybook.source.rules.join import join_fragments, join_text
from polybook.source.rules.listing import listing
from polybook.source.rules.lost_fence import lost_fence
from polybook.source.rules.mark import mark
from polybook.source.rules.mark_line import mark_line
from polybook.source.rules.newline import newline
from polybook.source.rules.role import role
from polybook.source.rules.script import script
from polybook.source.rules.slide import slide
from polybook.source.rules.tab_block import tab_block

# What a block rule of the dialect may end without a blank line before it.
_INTERRUPTS = {"alt": ["paragraph", "reference", "blockquote", "list"]}


def dialect_plugin(md: MarkdownIt) -> None:
    """Teach ``md`` the dialect; MyST's own syntax stays as it is."""
    md.block.ruler.before("table", "tab_block", tab_block, _INTERRUPTS)
    md.block.ruler.before("table", "lost_fence", lost_fence, _INTERRUPTS)
    md.block.ruler.before("table", "mark_line", mark_line, _INTERRUPTS)
    md.block.ruler.at("html_block", html_lines, {"alt": ["paragraph", "reference", "blockquote"]})
    wrap_display(md)
    md.core.ruler.after("block", "caption", caption)
    md.core.ruler.after("block", "heading_attributes", heading_attributes)
    md.core.ruler.after("block", "slide", slide)
    md.core.ruler.after("block", "listing", listing)
    md.core.ruler.after("block", "cell", cell)
    md.inline.ruler.at("newline", newline)
    md.inline.ruler.before("backticks", "mark", mark)
    md.inline.ruler.before("strikethrough", "script", script)
    md.inline.ruler.at("emphasis", emphasis)
    if "myst_role" in md.inline.ruler.get_all_rules():
        md.inline.ruler.at("myst_role", role)
    md.inline.ruler.at("html_inline", html_text)
    md.enable("strikethrough")
    md.inline.ruler2.at("fragments_join", join_fragments)
    md.core.ruler.at("text_join", join_text)
    md.core.ruler.after("inline", "attach", attach)
