"""The block parser: lines are found by line, and only promising rules are asked."""

from __future__ import annotations

from collections.abc import Mapping

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock, RuleFuncBlockType
from markdown_it.ruler import Ruler
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from markdown_it.utils import EnvType

from polybook.source.quick.dispatch import RulesAt

FIRST = {
    "amsmath": "\\",
    "attrs_block": "{",
    "blockquote": ">",
    "colon_fence": ":",
    "fence": "`~",
    "fieldlist": ":",
    "footnote_def": "[",
    "heading": "#",
    "hr": "*-_",
    "html_block": "<",
    "list": "*+-0123456789",
    "lost_fence": "{",
    "mark_line": ":",
    "math_block": "$",
    "myst_block_break": "+",
    "myst_line_comment": "%",
    "myst_target": "(",
    "reference": "[",
    "tab_block": ":",
}
"""What the first character of a block must be behind its indent, by the rule's name."""


class BlockState(StateBlock):
    """As markdown-it's own; its text is a plain attribute, which rules read at every step."""

    src = ""

    def __init__(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> None:
        super().__init__("", md, env, tokens)
        self.src = src
        for marks in (self.bMarks, self.eMarks, self.tShift, self.sCount, self.bsCount):
            marks.clear()
        # The lines of the paragraph whose end is known: see the rule for it.
        self.scanned: tuple[int, int, int, int] | None = None
        start = 0
        for line in src.split("\n"):
            text = line.lstrip(" \t")
            end = start + len(line)
            # Blanks alone at the end of the text are no line.
            if text or end < len(src):
                indent = len(line) - len(text)
                self.bMarks.append(start)
                self.eMarks.append(end)
                self.tShift.append(indent)
                self.sCount.append(len(line[:indent].expandtabs(4)) if indent else 0)
            start = end + 1
        self.bMarks.append(len(src))
        self.eMarks.append(len(src))
        self.tShift.append(0)
        self.sCount.append(0)
        self.bsCount.extend([0] * len(self.bMarks))
        self.lineMax = len(self.bMarks) - 1


class BlockParser(ParserBlock):
    """As markdown-it's own, with its rules ``ruler``; ``first`` adds to :data:`FIRST`."""

    def __init__(self, ruler: Ruler[RuleFuncBlockType], first: Mapping[str, str]) -> None:
        self.ruler = ruler
        self._rules = RulesAt(ruler, "", {**FIRST, **first})

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803
        """Generate tokens for the lines ``startLine`` up to but without ``endLine``."""
        line = startLine
        has_empty_lines = False
        while line < endLine:
            state.line = line = state.skipEmptyLines(line)
            if line >= endLine or state.sCount[line] < state.blkIndent:
                break
            if state.level >= state.md.options.maxNesting:
                state.line = endLine
                break
            for rule in self._rules[state.src[state.bMarks[line] + state.tShift[line]]]:
                if rule(state, line, endLine, False):
                    break
            state.tight = not has_empty_lines
            line = state.line
            if line - 1 < endLine and state.isEmpty(line - 1):
                has_empty_lines = True
            if line < endLine and state.isEmpty(line):
                has_empty_lines = True
                line += 1
                state.line = line

    def parse(
        self,
        src: str,
        md: MarkdownIt,
        env: EnvType,
        outTokens: list[Token],  # noqa: N803
    ) -> list[Token] | None:
        """Add the block tokens of ``src`` to ``outTokens``."""
        if not src:
            return None
        state = BlockState(src, md, env, outTokens)
        self.tokenize(state, 0, state.lineMax)
        return state.tokens
