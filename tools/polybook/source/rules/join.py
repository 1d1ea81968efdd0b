"""Joins neighbouring pieces of text, each piece once: markdown-it copies what it has so far."""

from __future__ import annotations

from itertools import groupby

from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token


def join_fragments(state: StateInline) -> None:
    """Inline rule, after emphasis: set the levels and join text."""
    level = 0
    for token in state.tokens:
        if token.nesting < 0:
            level -= 1
        token.level = level
        if token.nesting > 0:
            level += 1
    state.tokens[:] = _joined(state.tokens)


def join_text(state: StateCore) -> None:
    """Core rule, at the end: join escaped signs with the text around them, also in captions."""
    for block in state.tokens:
        if block.type == "inline" and block.children:
            block.children = _plain(block.children)


def _plain(tokens: list[Token]) -> list[Token]:
    for token in tokens:
        if token.type == "text_special":
            token.type = "text"
        elif token.type == "image" and token.children:
            token.children = _plain(token.children)
    return _joined(tokens)


def _joined(tokens: list[Token]) -> list[Token]:
    joined: list[Token] = []
    for is_text, group in groupby(tokens, lambda token: token.type == "text"):
        run = list(group)
        if is_text and len(run) > 1:
            run[-1].content = "".join(token.content for token in run)
            run = run[-1:]
        joined += run
    return joined
