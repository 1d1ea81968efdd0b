"""The d2l dialect as a markdown-it-py plug-in: one rule, one file."""

from __future__ import annotations

from markdown_it import MarkdownIt

from polybook.source.rules.attach import attach
from polybook.source.rules.cell import cell
from polybook.source.rules.mark import mark
from polybook.source.rules.mark_line import mark_line
from polybook.source.rules.tab_block import tab_block

# What a block rule of the dialect may end without a blank line before it.
_INTERRUPTS = {"alt": ["paragraph", "reference", "blockquote", "list"]}


def dialect_plugin(md: MarkdownIt) -> None:
    """Teach ``md`` the dialect; MyST's own syntax stays as it is."""
    md.block.ruler.before("table", "tab_block", tab_block, _INTERRUPTS)
    md.block.ruler.before("table", "mark_line", mark_line, _INTERRUPTS)
    md.core.ruler.after("block", "cell", cell)
    md.inline.ruler.before("backticks", "mark", mark)
    md.core.ruler.after("inline", "attach", attach)
