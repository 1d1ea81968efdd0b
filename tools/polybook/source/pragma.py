"""What a cell's own lines say: its frameworks, whether it is saved, what pages hide of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

# Names may be written like those in the configuration.
_HASH_TAB = re.compile(r"^[ \t]*#[ \t]*@tab(?=[ \t])([\w, \t-]+)$")
_MAGIC_TAB = re.compile(r"^[ \t]*%%tab(?=[ \t])([\w, \t-]+)$")
_SAVE = re.compile(r"#[ \t]*@save(?!\w)")
_HIDE = re.compile(
    r"#[ \t]*(?:@hide(?:_(?P<mark>code|outputs?|all))?(?!\w)|hide[ \t]+(?P<word>code|outputs?)$)",
    re.IGNORECASE,
)
_STRING_OR_COMMENT = re.compile(
    r"""\"{3}(?s:.*?)(?:\"{3}|\Z)|'{3}(?s:.*?)(?:'{3}|\Z)"""
    r"""|"(?:[^"\\\n]|\\(?s:.))*"?|'(?:[^'\\\n]|\\(?s:.))*'?|\#[^\n]*"""
)
_LOADS_TABS = re.compile(r"%load_ext[ \t]+d2lbook\.tab\b|\btab\.interact_select\(")
_SELECT = re.compile(r"\btab\.interact_select\(")
_REQUIRED = re.compile(r"#[ \t]*required_libs\(([^\n]*)")
_QUOTED = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'")

INPUT, OUTPUT = "input", "output"
_HIDDEN = {"c": frozenset({INPUT}), "o": frozenset({OUTPUT})}


def framework_names(code: str) -> tuple[tuple[str, ...], int] | None:
    """Return the names in the cell's pragma and its line in the cell, from 0.

    ``#@tab`` wins over ``%%tab``, and the first of a kind over later ones.
    ``None`` when the cell has no pragma.
    """
    lines = code.split("\n")
    for pattern in (_HASH_TAB, _MAGIC_TAB):
        for number, line in enumerate(lines):
            if match := pattern.match(line):
                names = split_names(match[1])
                if names:
                    return names, number
    return None


def split_names(text: str) -> tuple[str, ...]:
    """Return the names in ``text``, which stand between commas."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def framework_code(code: str, first_line: int) -> tuple[str, tuple[int, ...]]:
    """Return ``code`` without pragma lines, and the line number of each line left.

    Args:
        code: The text of a cell.
        first_line: The number of its first line in the chapter.
    """
    kept = [
        (line, number)
        for number, line in enumerate(code.split("\n"), first_line)
        if not (_HASH_TAB.match(line) or _MAGIC_TAB.match(line))
    ]
    return without_outer_blanks(kept)


def without_outer_blanks(rows: list[tuple[str, int]]) -> tuple[str, tuple[int, ...]]:
    """Return the lines of ``rows``, joined, and their numbers, without blank ones at both ends."""
    first, after = 0, len(rows)
    while first < after and not rows[first][0].strip():
        first += 1
    while after > first and not rows[after - 1][0].strip():
        after -= 1
    kept = rows[first:after]
    return "\n".join(line for line, _ in kept), tuple(number for _, number in kept)


def _comments(code: str) -> Iterator[str]:
    """Yield the comments of ``code``; a ``#`` inside a string begins none."""
    for match in _STRING_OR_COMMENT.finditer(code):
        if match[0].startswith("#"):
            yield match[0].rstrip()


def is_saved(code: str) -> bool:
    """Tell whether some comment of ``code`` holds the mark ``#@save``."""
    # Most cells have no such mark; only the others are read closely.
    return bool(_SAVE.search(code)) and any(_SAVE.search(comment) for comment in _comments(code))


def hidden(code: str) -> tuple[frozenset[str], bool]:
    """Return what pages hide of a cell, and whether they hide the rest of the page too.

    The marks are ``# Hide code``, ``# Hide outputs``, ``#@hide_code``,
    ``#@hide_output``, ``#@hide`` for both, and ``#@hide_all`` for both from
    here to the end of the page; in capitals or not.
    """
    found: frozenset[str] = frozenset()
    rest = False
    if "hide" not in code.lower():
        return found, rest
    for comment in _comments(code):
        for match in _HIDE.finditer(comment):
            kind = (match["mark"] or match["word"] or "").lower()
            found |= _HIDDEN.get(kind[:1], frozenset({INPUT, OUTPUT}))
            rest = rest or kind == "all"
    return found, rest


def is_select(code: str) -> bool:
    """Tell whether ``code`` is the cell that lets plain Jupyter choose a framework."""
    return bool(_LOADS_TABS.search(code))


def selected_names(code: str) -> tuple[str, ...]:
    """Return the names that ``interact_select`` is given, in a list or one by one."""
    match = _SELECT.search(code)
    if not match:
        return ()
    # No name holds the bracket that closes.
    inside = code[match.end() :].partition(")")[0]
    try:
        value = ast.literal_eval(f"({inside.strip().rstrip(',')},)")
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return ()
    found = []
    for each in value:
        found += each if isinstance(each, list | tuple) else [each]
    return tuple(name for name in found if isinstance(name, str))


def required_libs(code: str) -> tuple[str, ...]:
    """Return the requirements in the first ``#required_libs(...)`` of ``code``."""
    match = _REQUIRED.search(code)
    if not match:
        return ()
    return tuple(double or single for double, single in _QUOTED.findall(match[1]))
