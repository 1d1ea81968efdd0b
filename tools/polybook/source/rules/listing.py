"""Fences for other tools: ```` ```toc ```` and ```` ```eval_rst ````."""

from __future__ import annotations

import re

from markdown_it.rules_core import StateCore

_OPTION = re.compile(r"^:([\w-]+):\s*(.*)$")


def listing(state: StateCore) -> None:
    """Core rule: turn these fences into ``toc`` and ``eval_rst`` tokens.

    A ``toc`` token's ``meta`` has ``options``, pairs of name and value, and
    ``entries``, pairs of a page as written and its line.
    """
    for token in state.tokens:
        if token.type != "fence" or not token.map:
            continue
        name = token.info.strip()
        if name == "eval_rst":
            token.type = name
        elif name == "toc" and token.level == 0:
            token.type = name
            options, entries = [], []
            for number, line in enumerate(token.content.split("\n"), token.map[0] + 1):
                line = line.strip()
                if match := _OPTION.match(line):
                    options.append((match[1], match[2]))
                elif line:
                    entries.append((line.removesuffix(".md"), number))
            token.meta = {"options": options, "entries": entries}
