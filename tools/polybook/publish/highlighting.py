"""Highlighting of code that makes each lexer and each formatter once.

Sphinx makes both anew for each piece of code, which takes longer than highlighting a short one.
"""

from __future__ import annotations

from typing import Any

from pygments.formatter import Formatter
from pygments.lexer import Lexer
from pygments.lexers.special import TextLexer
from sphinx.highlighting import PygmentsBridge


class Highlighter(PygmentsBridge):
    """Sphinx's bridge to Pygments, with a memory."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._formatters: dict[str, Formatter] = {}
        self._lexers: dict[str, Lexer] = {}

    def get_formatter(self, **kwargs: Any) -> Formatter:
        """Return the formatter with these options."""
        key = repr(sorted(kwargs.items()))
        if key not in self._formatters:
            self._formatters[key] = super().get_formatter(**kwargs)
        return self._formatters[key]

    def get_lexer(
        self,
        source: str,
        lang: str,
        opts: dict[str, Any] | None = None,
        force: bool = False,
        location: Any = None,
    ) -> Lexer:
        """Return the lexer of a language; the one for an unknown language is not kept."""
        # Of Python, a session is told by how it begins.
        key = repr((lang, source.startswith(">>>"), sorted((opts or {}).items()), force))
        if lang == "guess" or key not in self._lexers:
            lexer = super().get_lexer(source, lang, opts, force, location)
            if type(lexer) is TextLexer:
                # Each place is told that it names a language which Pygments does not know.
                return lexer
            self._lexers[key] = lexer
        return self._lexers[key]
