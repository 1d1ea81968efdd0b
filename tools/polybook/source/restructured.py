"""reStructuredText in a chapter, as far as anyone but docutils wants to know."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs
from docutils.utils import column_width

_DIRECTIVE = re.compile(r"^\.\.[ \t]+(?:\|[^|]+\|[ \t]+)?([\w:+.-]+?)::(?:[ \t]+(.*))?$")
_EXPLICIT = re.compile(r"^\.\.(?:[ \t]|$)")
# Targets, footnotes and substitutions: their text is no comment.
_DEFINITION = re.compile(r"^\.\.[ \t]+(?:_|\[|\|)")
_OPTION = re.compile(r"^:[\w-]+:(?:[ \t]|$)")
# A shorter one is text to docutils.
_UNDERLINE = re.compile(r"^([!-/:-@\[-`{-~])\1{3,}$")
# What stands in these is shown as it is.
_LITERAL = frozenset(
    {"code", "code-block", "csv-table", "literalinclude", "math", "parsed-literal", "raw"}
)


@attrs.frozen
class RstDirective:
    """A directive such as ``.. raw:: html``.

    Attributes:
        name: Such as ``raw``.
        argument: What follows the name on its line.
        options: Its option lines, such as ``:file: a.html``, without indentation.
        row: Its line in the text, from 0.
    """

    name: str
    argument: str
    options: tuple[str, ...]
    row: int


def rst_directives(text: str) -> Iterator[RstDirective]:
    """Yield the directives of ``text``, also those inside others, in order.

    What is shown as it is, and comments, hold none.
    """
    rows = text.expandtabs(8).split("\n")
    deeper: int | None = None  # the indentation beyond which nothing is read
    row = 0
    while row < len(rows):
        line = rows[row].strip()
        indent = len(rows[row]) - len(rows[row].lstrip())
        row += 1
        if not line or (deeper is not None and indent > deeper):
            continue
        deeper = None
        if found := _DIRECTIVE.match(line):
            first, options = row - 1, []
            while row < len(rows) and _OPTION.match(rows[row].strip()):
                options.append(rows[row].strip())
                row += 1
            yield RstDirective(found[1], (found[2] or "").strip(), tuple(options), first)
            literal = found[1] in _LITERAL
        else:
            comment = _EXPLICIT.match(line) and not _DEFINITION.match(line)
            literal = bool(comment) or line.endswith("::")
        deeper = indent if literal else None


def short_underlines(text: str) -> Iterator[tuple[int, int]]:
    """Yield each line, from 0, that underlines a title and is too short, with the width it needs.

    Wide characters, such as Chinese ones, count twice.
    """
    rows = text.expandtabs(8).split("\n")
    for row in range(1, len(rows)):
        title, line = rows[row - 1].strip(), rows[row].strip()
        above = rows[row - 2].strip() if row > 1 else ""
        alone = not above and title and not _UNDERLINE.match(title)
        if alone and _UNDERLINE.match(line) and column_width(title) > len(line):
            yield row, column_width(title)
