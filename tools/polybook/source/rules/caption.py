"""Table captions: a paragraph that begins with a colon, directly before a table."""

from __future__ import annotations

import re

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

SIGN = re.compile(r"(?:Table)?:(?!:)[ \t]*")
"""What a caption begins with."""

_MARK = re.compile(r":[a-z_]+:`")


def caption(state: StateCore) -> None:
    """Core rule, before ``inline``: move captions into their tables.

    The paragraph becomes ``caption_open`` .. ``caption_close`` inside the
    table, as in HTML, and its text ``table_open.meta["caption"]``. Mark lines
    between the caption and the table come to stand behind the table.
    """
    tokens: list[Token] = []
    waiting: list[Token] = []  # mark lines of the table that is open
    for token in state.tokens:
        if token.type != "table_open":
            tokens.append(token)
            if token.type == "table_close":
                tokens += waiting
                waiting = []
            continue
        marks = len(tokens)
        while marks and tokens[marks - 1].type == "mark_line":
            marks -= 1
        paragraph = tokens[marks - 3 : marks] if marks >= 3 else []
        if not _is_caption(paragraph, token):
            tokens.append(token)
            continue
        waiting = tokens[marks:]
        del tokens[marks - 3 :]
        opening, text, closing = paragraph
        opening.type, closing.type = "caption_open", "caption_close"
        opening.tag = closing.tag = "caption"
        opening.hidden = closing.hidden = False
        for inside in paragraph:
            inside.level += 1
        text.content = text.content[SIGN.match(text.content).end() :].strip()  # type: ignore[union-attr]
        token.meta["caption"] = text.content
        if token.map and opening.map:
            token.map = [opening.map[0], token.map[1]]
        tokens += [token, *paragraph]
    state.tokens = tokens


def _is_caption(paragraph: list[Token], table: Token) -> bool:
    if len(paragraph) < 3 or paragraph[0].type != "paragraph_open":
        return False
    text = paragraph[1].content
    match = SIGN.match(text)
    return (
        paragraph[0].level == table.level
        and match is not None
        and match.end() < len(text)
        and not _MARK.match(text)
    )
