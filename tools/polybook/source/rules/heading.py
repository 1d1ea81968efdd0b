"""Attributes behind a heading, as Pandoc reads them: ``## Title {#place .unnumbered}``."""

from __future__ import annotations

import re

from markdown_it.rules_core import StateCore

UNNUMBERED = "unnumbered"
"""The class of a heading without a number; ``{-}`` is short for it."""

_ONE = r"(?:[#.][\w:.-]+|-|[\w-]+=(?:\"[^\"\n]*\"|[\w.-]+))"
_ATTRIBUTES = re.compile(rf"(?<=[ \t])\{{[ \t]*({_ONE}(?:[ \t]+{_ONE})*)[ \t]*\}}$")
_WORD = re.compile(_ONE)


def heading_attributes(state: StateCore) -> None:
    """Core rule, before ``inline``: take attributes out of the text of headings.

    A name becomes the id of the heading and one of its labels, a class its
    class. ``meta["attributes"]`` holds the text as written. Other attributes
    mean nothing, as in d2lbook.
    """
    for index, token in enumerate(state.tokens):
        if token.type != "heading_open":
            continue
        text = state.tokens[index + 1]
        if not text.content.endswith("}"):
            continue
        match = _ATTRIBUTES.search(text.content)
        if match is None:
            continue
        text.content = text.content[: match.start()].rstrip()
        token.meta["attributes"] = match[0]
        for word in _WORD.findall(match[1]):
            if word[0] == "#" and token.map and not token.attrGet("id"):
                token.attrSet("id", word[1:])
                token.meta["names"] = [(word[1:], token.map[0])]
            elif word[0] in ".-":
                token.attrJoin("class", UNNUMBERED if word == "-" else word[1:])
