"""The number of words of a chapter, which pages can show."""

from __future__ import annotations

from collections.abc import Callable

from markdown_it.rules_core import StateCore
from mdit_py_plugins.wordcount import basic_count


def count_words(per_minute: int) -> Callable[[StateCore], None]:
    """Return a core rule that does what ``wordcount_plugin`` does, for all text at once.

    Args:
        per_minute: How many words a reader reads in a minute.
    """

    def wordcount(state: StateCore) -> None:
        pieces = [
            token.content
            for block in state.tokens
            for token in ((block.children or ()) if block.type == "inline" else (block,))
            if token.type == "text"
        ]
        data = state.env.setdefault("wordcount", {})
        data["words"] = data.get("words", 0) + basic_count(" ".join(pieces))
        data["minutes"] = round(data["words"] / per_minute)

    return wordcount
