"""Bare web addresses: most text is seen to hold none without a closer look."""

from __future__ import annotations

import re
from typing import Any

from linkify_it import LinkifyIt

# What every address holds: a scheme, an @, a host that is known by its first or last part.
_LIKE_ADDRESS = re.compile(
    r"tps?:|mailto:|//|@|localhost|www\.|\.[^\s\d]|\.\d{1,3}\.", re.IGNORECASE
)


class AddressFinder:
    """markdown-it's finder of addresses, asked only where there may be one."""

    def __init__(self, finder: LinkifyIt) -> None:
        self._finder = finder

    def pretest(self, text: str) -> bool:
        """Tell whether ``text`` may hold an address."""
        return _LIKE_ADDRESS.search(text) is not None

    def test(self, text: str) -> bool:
        """Tell whether ``text`` holds an address."""
        return self.pretest(text) and self._finder.test(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._finder, name)
