"""How numbers, attributes and words are written in an SVG file."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

MARKUP = re.compile(r"\*(?P<italic>[^*]+)\*|_\{(?P<lower>[^}]*)\}|\^\{(?P<upper>[^}]*)\}")


def number(value: float) -> str:
    """Return a length as it is written in the file."""
    return f"{round(value, 1) + 0.0:g}"


def attributes(values: dict[str, str | float | None]) -> str:
    """Return the attributes of an element; an underscore stands for a hyphen, None for absence."""
    written = ""
    for key, value in values.items():
        if value is not None:
            text = value if isinstance(value, str) else number(value)
            written += f" {key.replace('_', '-')}={quoteattr(text)}"
    return written


def marked_up(words: str, size: float) -> str:
    """Return one line of words as the content of a text element.

    In the words, `*x*` is italic, `_{1}` stands lower and `^{2}` stands higher, a single
    letter there in italics.
    """
    parts: list[str] = []
    level, place = 0.0, 0
    for found in [*MARKUP.finditer(words), None]:
        end = found.start() if found else len(words)
        pieces: list[tuple[str, str | None, float]] = []
        if end > place:
            pieces.append((words[place:end], None, 0.0))
        if found:
            text = found["italic"] or found["lower"] or found["upper"] or ""
            shift = 0.3 * size if found["lower"] else -0.35 * size if found["upper"] else 0.0
            slanted = found["italic"] or (len(text) == 1 and text.isalpha())
            pieces.append((text, "italic" if slanted else None, shift))
            place = found.end()
        for text, style, shift in pieces:
            small = round(0.8 * size) if shift else None
            span = {"dy": (shift - level) or None, "font_style": style, "font_size": small}
            level = shift
            written = attributes(span)
            parts.append(f"<tspan{written}>{escape(text)}</tspan>" if written else escape(text))
    return "".join(parts)
