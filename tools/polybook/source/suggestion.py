"""Suggestions for a name that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "known are") -> str:
    """Return a sentence that names the close matches of ``name``, or all that is known.

    Args:
        name: The name that was not found.
        known: The names that exist.
        otherwise: Words before the list of all names when none is close.
    """
    names = list(known)
    if close := get_close_matches(name, names, n=1):
        return f"did you mean '{close[0]}'?"
    return f"{otherwise} {', '.join(names)}" if 0 < len(names) <= 8 else ""
