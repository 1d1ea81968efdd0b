"""The inline parser: only rules that may match at a character are asked there."""

from __future__ import annotations

from collections.abc import Mapping

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline, RuleFuncInline2Type, RuleFuncInlineType
from markdown_it.ruler import Ruler
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType

from polybook.source.quick.dispatch import RulesAt

FIRST = {
    "autolink": "<",
    "backticks": "`",
    "emphasis": "*_",
    "entity": "&",
    "escape": "\\",
    "footnote_ref": "[",
    "html_inline": "<",
    "image": "!",
    "link": "[",
    "linkify": ":",
    "mark": ":",
    "math_inline": "$",
    "myst_role": "{",
    "newline": "\n",
    "script": "^~",
    "span": "[",
    "strikethrough": "~",
}
"""What stands where a rule matches, by the rule's name."""


class InlineState(StateInline):
    """As markdown-it's own; its text is a plain attribute, which rules read at every step.

    ``pending``, the text that no token has yet, is joined when it is read and not at each piece.
    """

    src = ""

    def __init__(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> None:
        self._pieces: list[str] = []
        super().__init__(src, md, env, tokens)

    @property
    def pending(self) -> str:  # type: ignore[override]
        """The text that the next token begins with."""
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

    @pending.setter
    def pending(self, text: str) -> None:
        self._pieces = [text] if text else []

    def add(self, text: str) -> None:
        """Add ``text`` to the pending."""
        self._pieces.append(text)


class InlineParser(ParserInline):
    """As markdown-it's own, with the rules that are given; ``first`` adds to :data:`FIRST`."""

    def __init__(
        self,
        ruler: Ruler[RuleFuncInlineType],
        ruler2: Ruler[RuleFuncInline2Type],
        first: Mapping[str, str],
    ) -> None:
        self.ruler, self.ruler2 = ruler, ruler2
        self._rules = RulesAt(ruler, "", {**FIRST, **first})

    def skipToken(self, state: StateInline) -> None:  # noqa: N802
        """Move behind what stands at ``state.pos``, without making tokens."""
        start = state.pos
        if start in state.cache:
            state.pos = state.cache[start]
            return
        found = False
        if state.level < state.md.options.maxNesting:
            for rule in self._rules[state.src[start]]:
                state.level += 1
                found = rule(state, True)
                state.level -= 1
                if found:
                    break
        else:
            state.pos = state.posMax
        if not found:
            state.pos += 1
        state.cache[start] = state.pos

    def tokenize(self, state: InlineState) -> None:
        """Generate tokens from ``state.pos`` to ``state.posMax``."""
        found = False
        end = state.posMax
        while state.pos < end:
            if state.level < state.md.options.maxNesting:
                for rule in self._rules[state.src[state.pos]]:
                    found = rule(state, False)
                    if found:
                        break
                else:
                    found = False
            if not found:
                state.add(state.src[state.pos])
                state.pos += 1
        if state.pending:
            state.pushPending()

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        """Add the inline tokens of ``src`` to ``tokens``."""
        state = InlineState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens
