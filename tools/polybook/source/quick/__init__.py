"""markdown-it's own parts, replaced by ones that give the same tokens in less time.

Most of the time for a book goes to asking some twenty rules about each line
and each sign, of which nearly all say no by its first character alone.
"""

from __future__ import annotations

from markdown_it import MarkdownIt

from polybook.source.quick.address import AddressFinder
from polybook.source.quick.block import BlockParser
from polybook.source.quick.definition import definition
from polybook.source.quick.entity import entity
from polybook.source.quick.inline import InlineParser
from polybook.source.quick.paragraph import quick_paragraphs
from polybook.source.quick.substitution import closed
from polybook.source.quick.text import text
from polybook.source.quick.words import count_words


def quick_plugin(md: MarkdownIt) -> None:
    """Make ``md`` quick; use it after all other plug-ins."""
    config = md.options["myst_config"]
    substitution = {"substitution_block": config.sub_delimiters[0]}
    md.block = BlockParser(md.block.ruler, substitution)
    md.block.ruler.at("reference", definition)
    quick_paragraphs(md, substitution)
    md.inline = InlineParser(
        md.inline.ruler, md.inline.ruler2, {"substitution_inline": config.sub_delimiters[0]}
    )
    md.inline.ruler.at("text", text)
    md.inline.ruler.at("entity", entity)
    for rule in md.inline.ruler.__rules__:
        if rule.name == "substitution_inline":
            md.inline.ruler.at(rule.name, closed(rule.fn, config.sub_delimiters[1]))
    if md.linkify is not None:
        md.linkify = AddressFinder(md.linkify)
    md.core.ruler.at("wordcount", count_words(config.words_per_minute))
