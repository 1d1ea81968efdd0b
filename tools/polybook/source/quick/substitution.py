"""Substitutions, ``{{ word }}``: where nothing closes one, nobody looks for it again."""

from __future__ import annotations

from collections.abc import Callable

from markdown_it.rules_inline import StateInline

InlineRule = Callable[[StateInline, bool], bool]


def closed(rule: InlineRule, sign: str) -> InlineRule:
    """Return ``rule`` for text that two of ``sign`` close, not asked where none follow."""
    # The text that was searched last, and where its last pair stands.
    seen: tuple[str, int] = ("", -1)

    def substitution_inline(state: StateInline, silent: bool) -> bool:
        nonlocal seen
        if seen[0] is not state.src:
            seen = state.src, state.src.rfind(2 * sign)
        return state.pos < seen[1] and rule(state, silent)

    return substitution_inline
