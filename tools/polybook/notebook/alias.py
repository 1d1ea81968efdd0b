"""Neutral calls of the library become the framework's own, span by span.

Chapters may call ``d2l.ones`` in every framework; readers see ``torch.ones``. Only the spans that
must change do: the author's arguments, comments and line breaks stay as they were written.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable

import attrs

from polybook.book.config import Aliases
from polybook.library.syntax import parse, read
from polybook.notebook.rewriting import Edit, Rewriting, apply, word

_ATTRIBUTE = re.compile(r"\.\s*(\w+)")


@attrs.frozen
class Native:
    """Code with native calls.

    Attributes:
        source: The code.
        rows: For each line of it, the row of the author's code that it comes from, from 0.
        left: Row, from 0, and name of each call that stays as it is because it has no receiver.
    """

    source: str
    rows: tuple[int, ...]
    left: tuple[tuple[int, str], ...] = ()


def native(source: str, aliases: Aliases, names: Collection[str]) -> Native:
    """Return ``source`` with native calls; never raises.

    Args:
        source: The code of one cell; it may hold magics, which stay.
        aliases: The framework's aliases. The patterns of ``reverse`` come first and work on
            the text, but on whole words only; then ``simple`` and ``fluent``, which work on the
            syntax tree, so that strings and comments stay. A cell that does not parse gets
            ``reverse`` alone.
        names: The expressions by which the code calls the library, such as ``d2l``.
    """
    text, rows = source, tuple(range(source.count("\n") + 1))
    for pattern, template in aliases.reverse:
        text, further = apply(text, _reverse(text, pattern, template))
        rows = tuple(rows[row] for row in further)
    neutral = {word(name) for name, _ in (*aliases.simple, *aliases.fluent)}
    if neutral.isdisjoint(_ATTRIBUTE.findall(text)):
        return Native(text, rows)
    try:
        rewriting = Rewriting(text, aliases, names)
    except SyntaxError:
        return Native(text, rows)
    new, further = apply(text, rewriting.edits)
    left = tuple((rows[row], name) for row, name in rewriting.left)
    return Native(new, tuple(rows[row] for row in further), left)


def without_receiver(names: Iterable[str]) -> re.Pattern[str]:
    """Return a cheap pattern for calls of the fluent ``names`` that may have no receiver."""
    words = "|".join(re.escape(word(name)) for name in names) or "(?!)"
    return re.compile(rf"\.\s*(?:{words})\s*\(\s*(?:[)*#]|\w+\s*=(?!=))")


def library_names(sources: Iterable[str], module: str) -> frozenset[str]:
    """Return the expressions by which a notebook's cells call the library ``module``.

    They are the names that its imports bind; without an import, the first part of ``module``.
    """
    package, _, last = module.rpartition(".")
    found: set[str] = set()
    for source in sources:
        if "import" not in source:
            continue
        try:
            tree = parse(read(source).text)
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found |= {each.asname or each.name for each in node.names if each.name == module}
            elif isinstance(node, ast.ImportFrom) and node.module == package and not node.level:
                found |= {each.asname or last for each in node.names if each.name == last}
    return frozenset(found or {module.partition(".")[0]})


def _reverse(source: str, pattern: str, template: str) -> list[Edit]:
    """Return the edits of one ``reverse`` pattern."""
    edits: list[Edit] = []
    for match in re.finditer(pattern, source):
        start, end = match.span()
        # `d2l.to` is not meant to be found in `d2l.tokenize`.
        if start < end and not _in_word(source, start) and not _in_word(source, end):
            edits.append((start, end, match.expand(template)))
    return edits


def _in_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and bool(re.fullmatch(r"\w\w", text[at - 1 : at + 1]))
