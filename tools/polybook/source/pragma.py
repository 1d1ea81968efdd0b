"""What a cell's own lines say: its frameworks, and whether it is saved."""

from __future__ import annotations

import re

_HASH_TAB = re.compile(r"^[ \t]*#[ \t]*@tab[ \t]+([\w, \t]+?)[ \t]*$")
_MAGIC_TAB = re.compile(r"^[ \t]*%%tab[ \t]+([\w, \t]+?)[ \t]*$")
_SAVE = re.compile(r"#[ \t]*@save\b")


def framework_names(code: str) -> tuple[tuple[str, ...], int] | None:
    """Return the names in the cell's pragma and its line in the cell, from 0.

    ``#@tab`` wins over ``%%tab``, and the first of a kind over later ones.
    ``None`` when the cell has no pragma.
    """
    lines = code.split("\n")
    for pattern in (_HASH_TAB, _MAGIC_TAB):
        for number, line in enumerate(lines):
            if match := pattern.match(line):
                names = tuple(name.strip() for name in match[1].split(",") if name.strip())
                return names, number
    return None


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
    while kept and not kept[0][0].strip():
        kept.pop(0)
    while kept and not kept[-1][0].strip():
        kept.pop()
    return "\n".join(line for line, _ in kept), tuple(number for _, number in kept)


def is_saved(code: str) -> bool:
    """Tell whether some line of ``code`` carries the mark ``#@save``."""
    return any(_SAVE.search(line) for line in code.split("\n"))
