"""Neighbouring cells and text of several frameworks become one tab set.

The chapter's tokens come in, tokens with ``tab_set`` and ``tab_item`` around
what belongs to some frameworks only come out. A cell that all frameworks of
the page share appears once if its code is the same for each; where its
outputs differ, they stand in tabs below it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence

import attrs
from markdown_it.token import Token

from polybook.source import Cell, TabBlock

OutputsDiffer = Callable[[Cell], bool]
CellSource = Callable[[Cell, str], str]
CellTokens = Callable[[Cell, str, str], list[Token]]


@attrs.frozen
class _Piece:
    """Something that stands in one run of neighbours.

    ``frameworks`` is empty for what all frameworks share. ``tokens`` makes
    the tokens for one framework, anew for each panel.
    """

    frameworks: tuple[str, ...]
    tokens: Callable[[str], list[Token]]


def arrange(
    tokens: Sequence[Token],
    frameworks: tuple[str, ...],
    source: CellSource,
    outputs_differ: OutputsDiffer,
    cell_tokens: CellTokens,
) -> list[Token]:
    """Return the page's tokens with its tab sets.

    Args:
        tokens: The chapter's tokens; they are left as they are.
        frameworks: Those of the page, in order.
        source: The code of a cell for a framework; empty if it runs none.
        outputs_differ: Whether a shared cell has other outputs from one
            framework to the next.
        cell_tokens: Makes the tokens of a cell for a framework; the last
            argument says which part: ``"all"``, ``"source"`` or ``"output"``.
    """
    arranged: list[Token] = []
    run: list[_Piece] = []
    for group in _groups(tokens):
        pieces = _pieces(group, frameworks, source, outputs_differ, cell_tokens)
        if pieces is None:
            arranged += _flush(run, frameworks)
            run = []
            arranged += [clone(token) for token in group]
        else:
            run += pieces
    return arranged + _flush(run, frameworks)


def _groups(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Yield the top-level blocks, a container with all that is in it."""
    group: list[Token] = []
    for token in tokens:
        group.append(token)
        if token.level == 0 and token.nesting <= 0:
            yield group
            group = []
    if group:
        yield group


def _pieces(
    group: list[Token],
    frameworks: tuple[str, ...],
    source: CellSource,
    outputs_differ: OutputsDiffer,
    cell_tokens: CellTokens,
) -> list[_Piece] | None:
    """Return what ``group`` adds to a run; ``None`` if it ends the run."""
    token = group[0]
    if token.type == "cell":
        cell: Cell = token.meta["cell"]
        sources = {name: source(cell, name) for name in frameworks if name in cell.frameworks}
        mine = tuple(name for name in sources if sources[name])
        if mine != frameworks or len(set(sources.values())) > 1:
            return [_Piece(mine, lambda name: cell_tokens(cell, name, "all"))] if mine else []
        if not outputs_differ(cell):
            return [_Piece((), lambda name: cell_tokens(cell, name, "all"))]
        return [
            _Piece((), lambda name: cell_tokens(cell, name, "source")),
            _Piece(frameworks, lambda name: cell_tokens(cell, name, "output")),
        ]
    if token.type == "tab_block_open":
        block: TabBlock = token.meta["block"]
        mine = tuple(name for name in frameworks if name in block.frameworks)
        inner = group[1:-1]
        if mine == frameworks:
            return [_Piece((), lambda name: [clone(inside) for inside in inner])]
        return (
            [_Piece(mine, lambda name: _panel_text(inner, name, mine, block.line))] if mine else []
        )
    return None


def _panel_text(
    tokens: list[Token], name: str, frameworks: tuple[str, ...], line: int
) -> list[Token]:
    """Return the text of a tab block for one panel.

    In the second and later panels the same text carries no labels and no
    numbers again: these are unique in a book. The text is marked where it
    stands in several panels, so that an edition for one of the later
    frameworks finds the labels.
    """
    copies = [clone(token) for token in tokens]
    if len(frameworks) == 1:
        return copies
    return [
        Token("tab_text_open", "div", 1, meta={"line": line}),
        *(copies if name == frameworks[0] else _repeated(copies)),
        Token("tab_text_close", "div", -1),
    ]


def _repeated(copies: list[Token]) -> list[Token]:
    """Return the tokens without their labels and numbers."""
    for token in copies:
        if token.type == "math_block_label":
            token.type = "math_block"
        token.meta = {**token.meta, "names": [], "repeated": True}
        for child in token.children or []:
            child.meta = {**child.meta, "names": [], "repeated": True}
    return [token for token in copies if token.type != "myst_target"]


def _flush(run: list[_Piece], frameworks: tuple[str, ...]) -> list[Token]:
    """Return the tokens of a run: shared pieces alone, the others in tab sets."""
    tokens: list[Token] = []
    tabbed: list[_Piece] = []
    for piece in run:
        if piece.frameworks and len(frameworks) > 1:
            tabbed.append(piece)
        else:
            tokens += _tab_set(tabbed, frameworks)
            tabbed = []
            tokens += piece.tokens(frameworks[0])
    return tokens + _tab_set(tabbed, frameworks)


def _tab_set(pieces: list[_Piece], frameworks: tuple[str, ...]) -> list[Token]:
    if not pieces:
        return []
    tokens = [Token("tab_set_open", "div", 1)]
    for name in frameworks:
        mine = [piece for piece in pieces if name in piece.frameworks]
        if mine:
            tokens.append(Token("tab_item_open", "div", 1, meta={"framework": name}))
            for piece in mine:
                tokens += piece.tokens(name)
            tokens.append(Token("tab_item_close", "div", -1))
    return [*tokens, Token("tab_set_close", "div", -1)]


def clone(token: Token) -> Token:
    """Return a copy that a renderer may change; renderers move tokens' lines."""
    copied = copy.copy(token)
    copied.meta = dict(token.meta)
    copied.attrs = dict(token.attrs)
    if token.children is not None:
        copied.children = [clone(child) for child in token.children]
    return copied
