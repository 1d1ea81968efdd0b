"""Emphasis beside Chinese, Japanese and Korean text: ``**第一。**后`` is bold.

CommonMark lets a closing ``**`` stand between punctuation and a letter only
where the punctuation is outside. Scripts that put no blanks between words
need it there. Text without such neighbours is parsed as CommonMark has it.
"""

from __future__ import annotations

from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.emphasis import tokenize
from markdown_it.rules_inline.state_inline import Delimiter

_HANGUL = ((0x1100, 0x11FF), (0xA960, 0xA97F), (0xAC00, 0xD7FF))
_CJK = (
    *_HANGUL,
    (0x2E80, 0xA4CF),  # radicals, punctuation, kana, ideographs, Yi
    (0xF900, 0xFAFF),
    (0xFE30, 0xFE4F),
    (0xFF00, 0xFFEF),  # full-width forms
    (0x20000, 0x3FFFF),
)


def is_cjk(char: str) -> bool:
    """Tell whether ``char`` is a letter or sign of a Chinese, Japanese or Korean text."""
    code = ord(char)
    return code >= 0x1100 and any(first <= code <= last for first, last in _CJK)


def is_hangul(char: str) -> bool:
    """Tell whether ``char`` belongs to the Korean alphabet."""
    return any(first <= ord(char) <= last for first, last in _HANGUL)


def emphasis(state: StateInline, silent: bool) -> bool:
    """Inline rule: as markdown-it's own, except for ``*`` beside such text."""
    if state.src[state.pos] != "*" or silent:
        return tokenize(state, silent)
    start = end = state.pos
    while end < state.posMax and state.src[end] == "*":
        end += 1
    before = state.src[start - 1] if start else " "
    after = state.src[end] if end < state.posMax else " "
    if not (is_cjk(before) or is_cjk(after)):
        return tokenize(state, silent)
    opens = not isWhiteSpace(ord(after)) and (not _is_sign(after) or _is_border(before))
    closes = not isWhiteSpace(ord(before)) and (not _is_sign(before) or _is_border(after))
    for _ in range(end - start):
        state.push("text", "", 0).content = "*"
        state.delimiters.append(
            Delimiter(
                marker=ord("*"),
                length=end - start,
                token=len(state.tokens) - 1,
                end=-1,
                open=opens,
                close=closes,
            )
        )
    state.pos = end
    return True


def _is_sign(char: str) -> bool:
    """Tell whether ``char`` is punctuation of another script."""
    return (isMdAsciiPunct(ord(char)) or isPunctChar(char)) and not is_cjk(char)


def _is_border(char: str) -> bool:
    return isWhiteSpace(ord(char)) or _is_sign(char) or is_cjk(char)
