"""What a framework is in a d2lbook project: its title, and its section ``[library-TAB]``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from polybook.book.ini_file import IniFile
from polybook.source import Chapter

_WARNING_LINE = re.compile(r"^#+\s*WARNING\s*#+\s*$", re.MULTILINE)
_PLAIN_NAME = re.compile(r"^\w+(\.\w+)*$")
_ENTRIES = re.compile(r"[,\n]")


def preamble(path: Path) -> str | None:
    """Return what stands above the line ``#### WARNING ####`` in a generated module.

    ``None`` if there is no such line or no such file: then nothing of it is
    hand-written.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    found = _WARNING_LINE.search(text)
    return text[: found.start()].strip() if found else None


def title(name: str, chapters: Iterable[Chapter]) -> str:
    """Return how the book's text spells ``name`` most often, with capitals."""
    pattern = re.compile(rf"(?ai)\b{re.escape(name)}\b")
    spellings = Counter(
        spelling
        for chapter in chapters
        for block in chapter.blocks
        if block.kind == "text"
        for spelling in pattern.findall(chapter.text[block.span.start : block.span.end])
        if spelling != name
    )
    return spellings.most_common(1)[0][0] if spellings else name[:1].upper() + name[1:]


def aliases(file: IniFile, section: str) -> dict[str, Any]:
    """Return the aliases of a section as ``_config.yml`` has them; empty without any."""
    given = {
        "simple": dict(_pairs(_ENTRIES.split(file.get(section, "simple_alias")))),
        "fluent": dict(_pairs(_ENTRIES.split(file.get(section, "fluent_alias")))),
        "reverse": dict(map(_pattern, _arrows(file.get(section, "reverse_alias")))),
        "definitions": _text(file.get(section, "alias")),
    }
    used = {key: value for key, value in given.items() if value}
    module = file.get(section, "lib_name")
    return {"module": module, **used} if used and module else used


def _pairs(entries: list[str]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        name, _, native = entry.partition("->")
        # `exp(` keeps d2lbook's prefix replacement off longer names.
        name, native = (part.strip().removesuffix("(") for part in (name, native))
        if name:
            yield name, native or name


def _arrows(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        pattern, arrow, replacement = line.partition("->")
        if arrow and pattern.strip():
            yield pattern.strip(), replacement.strip()


def _pattern(pair: tuple[str, str]) -> tuple[str, str]:
    """Return the pair with a regular expression that means what d2lbook's entry means."""
    pattern, replacement = pair
    if _PLAIN_NAME.match(pattern):
        return rf"\b{re.escape(pattern)}\b", replacement
    try:
        re.compile(pattern)
    except re.error:
        return re.escape(pattern), replacement.replace("\\", "\\\\")
    return pattern, replacement


def _text(value: str) -> str:
    return f"{value}\n" if value else ""
