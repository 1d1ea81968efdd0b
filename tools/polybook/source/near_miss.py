"""Misspelt marks: text that is none, but was surely meant as one."""

from __future__ import annotations

import re

import attrs
from markdown_it.token import Token

from polybook.source.rules.mark import ROLES

MARK_LINES = ("label", "eqlabel", "width", "height", "bibliography", "begin_tab", "end_tab")

_KEYS = "|".join(key for key in (*ROLES, *MARK_LINES) if key != "end_tab")
# Words of ordinary text, such as `class:`, need more than these to be marks.
_RARE = "numref|eqref|eqlabel|citep|citet|begin_tab"
# Before a code span.
_BEFORE_CODE = re.compile(
    rf"(?:(?<!\\):(?P<blank>{_KEYS}):[ \t]+"
    rf"|(?<!\\):[ \t]+(?P<apart>{_RARE})[ \t]*:[ \t]*"
    rf"|(?<!\\):(?P<behind>{_KEYS})[ \t]+:[ \t]*"
    rf"|(?:(?<!\\)[:：][ \t]*)?(?P<wide>{_RARE})[ \t]*：[ \t]*"
    rf"|：[ \t]*(?P<half>{_RARE})[ \t]*:[ \t]*"
    rf"|(?<![\w:\\])(?P<colon>{_RARE}):[ \t]*"
    rf"|(?:(?<=\s)|^)(?P<cite>cite|label):)$"
)
# The end of a tab block; alone on its line it is no misspelling.
_END_TAB = re.compile(r"^\s*(?!:end_tab:\s*$)(?P<written>[:：]\s*end_tab\s*[:：])")
# In text: the backtick is missing or never closed.
_IN_TEXT = re.compile(
    rf"(?<!\\):(?P<key>{_KEYS}):"
    r"(?:[ \t]*(?P<open>`+)(?P<value>[\w*+,./\\-]*)"
    r"|[ \t]?(?P<last>[\w*+,./\\-]+)`"
    r"|(?P<bare>\w[\w*+./\\-]*))"
)


@attrs.frozen
class NearMiss:
    """What was written, and what was meant.

    Attributes:
        written: The text that misses.
        key: Key of the mark.
        value: Its value, as far as it is known.
        problem: What is wrong with it.
    """

    written: str
    key: str
    value: str
    problem: str

    @property
    def meant(self) -> str:
        """The mark as it should be."""
        if self.key == "end_tab":
            return ":end_tab: on a line of its own"
        return f":{self.key}:`{self.value or '...'}`"


def before_code(text: str, code: Token) -> NearMiss | None:
    """Return the mark that ``text`` and the code span behind it were meant to be."""
    match = _BEFORE_CODE.search(text[-60:])
    if match is None:
        return None
    key = next(value for value in match.groupdict().values() if value)
    written = match[0]
    problem = "its first colon is missing"
    if match["blank"]:
        problem = "a blank stands before the backtick"
    elif match["apart"] or match["behind"]:
        problem = "blanks stand beside its key"
    elif match["wide"] or match["half"]:
        problem = "a colon is a full-width one"
    return NearMiss(written, key, code.content.strip(), problem)


def in_text(text: str) -> list[NearMiss]:
    """Return the marks in ``text`` whose backticks are missing or never closed."""
    if ":" not in text:
        return []
    found = []
    if end := _END_TAB.match(text):
        right = end["written"] == ":end_tab:"
        problem = "text stands behind it" if right else "its colons stand apart or are wide"
        found.append(NearMiss(end["written"], "end_tab", "", problem))
    for match in _IN_TEXT.finditer(text):
        if match["open"] is not None:
            problem, value = "its backtick is never closed", match["value"].rstrip(",.")
        elif match["last"]:
            problem, value = "its first backtick is missing", match["last"]
        else:
            problem, value = "its backticks are missing", match["bare"]
        found.append(NearMiss(match[0], match["key"], value, problem))
    return found
