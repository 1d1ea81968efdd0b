"""Fixtures as pasteable text: title, input, expected output, each ended by a line with a dot.

An input may hold several cells, each under a line ``=== PATH LABEL``; the first needs none. Lines
of a cell are numbered from 10, as if it stood there in its chapter.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from polybook.library import SavedCell
from polybook.source.diagnostic import Diagnostic

FIRST_LINE = 10


def cell(source: str, path: str = "a.md", label: str | None = "sec_a") -> SavedCell:
    lines = range(FIRST_LINE, FIRST_LINE + source.count("\n") + 1)
    return SavedCell(path, label, source, tuple(lines))


def cells(text: str) -> list[SavedCell]:
    found: list[tuple[str, str | None, list[str]]] = [("a.md", "sec_a", [])]
    for line in text.split("\n"):
        if line.startswith("=== "):
            path, *label = line[4:].split()
            found.append((path, label[0] if label else None, []))
        else:
            found[-1][2].append(line)
    return [cell("\n".join(lines), path, label) for path, label, lines in found if lines]


def findings(diagnostics: list[Diagnostic] | tuple[Diagnostic, ...]) -> list[str]:
    return [
        f"{each.path}:{each.line}:{each.column}: {each.severity}: {each.message} [{each.code}]"
        for each in diagnostics
    ]


def cases(name: str) -> pytest.MarkDecorator:
    """Return the parametrization of ``text, expected`` by a fixture file."""
    text = (Path(__file__).parent / "fixtures" / name).read_text(encoding="utf-8")
    parts = [part.removesuffix("\n") for part in re.split(r"^\.\n", text, flags=re.MULTILINE)]
    assert len(parts) % 3 == 1 and not parts[-1], f"{name}: a dot is missing"
    triples = zip(parts[0::3], parts[1::3], parts[2::3], strict=False)
    return pytest.mark.parametrize(
        ("text", "expected"),
        [pytest.param(given, wanted, id=title.strip()) for title, given, wanted in triples],
    )
