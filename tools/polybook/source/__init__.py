"""Text to chapter: the source language, and nothing else.

``parse`` turns the Markdown of one chapter, in the d2l dialect with MyST
beside it, into a :class:`Chapter`. The room knows no files, no Jupyter and no
Sphinx.
"""

from polybook.source.chapter import (
    Block,
    Cell,
    Chapter,
    Image,
    MarkLine,
    Reference,
    Slide,
    TabBlock,
    Target,
    TocBlock,
    TocEntry,
)
from polybook.source.diagnostic import BookError, Diagnostic
from polybook.source.lines import Lines, Span
from polybook.source.parser import MYST_EXTENSIONS, create_parser, parse
from polybook.source.rules.heading import UNNUMBERED

__all__ = [
    "MYST_EXTENSIONS",
    "UNNUMBERED",
    "Block",
    "BookError",
    "Cell",
    "Chapter",
    "Diagnostic",
    "Image",
    "Lines",
    "MarkLine",
    "Reference",
    "Slide",
    "Span",
    "TabBlock",
    "Target",
    "TocBlock",
    "TocEntry",
    "create_parser",
    "parse",
]
