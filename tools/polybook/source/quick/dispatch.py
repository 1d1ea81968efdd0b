"""Which rules may match at a place, by the character that stands there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic

from markdown_it.ruler import RuleFuncTv, Ruler

from polybook.source.rules.mark_line import NO_WIDTH


class RulesAt(Generic[RuleFuncTv]):
    """The active rules of one chain of ``ruler``, in order, by first character.

    Args:
        ruler: Holds the rules; it may still change.
        chain: Such as ``paragraph``: the rules that may end one. The empty
            string is the chain of all rules.
        first: The characters one of which a rule needs to match, by its name.
            A rule that is not named is asked everywhere.
    """

    def __init__(self, ruler: Ruler[RuleFuncTv], chain: str, first: Mapping[str, str]) -> None:
        self._ruler, self._chain, self._first = ruler, chain, first
        self._of: list[RuleFuncTv] | None = None
        self._by_character: dict[str, list[RuleFuncTv]] = {}
        self._others: list[RuleFuncTv] = []

    def __getitem__(self, character: str) -> list[RuleFuncTv]:
        """Return the rules that may match where ``character`` stands."""
        rules = self._ruler.getRules(self._chain)
        if rules is not self._of:
            self._compile(rules)
        found = self._by_character.get(character)
        if found is not None:
            return found
        # Some rules look behind blanks other than space and tab, and behind what nobody sees.
        unseen = character in NO_WIDTH if character else False
        return rules if (character.isspace() or unseen) and character != "\n" else self._others

    def _compile(self, rules: list[RuleFuncTv]) -> None:
        active = [
            rule
            for rule in self._ruler.__rules__
            if rule.enabled and (not self._chain or self._chain in rule.alt)
        ]
        self._others = [rule.fn for rule in active if rule.name not in self._first]
        self._by_character = {
            character: [
                rule.fn for rule in active if character in self._first.get(rule.name, character)
            ]
            for character in set("".join(self._first.values()))
        }
        self._of = rules
