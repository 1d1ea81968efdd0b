"""The table ``dialect.md``: every section of the language has proofs, and they exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
# The sections that state what polybook must do with a book.
SECTIONS = [
    *("2", "2.1", "2.2", "3.1", "3.2"),
    *("4", "4.1", "4.2", "4.3", "4.4", "4.5", "4.6", "5"),
    *("6", "6.1", "6.2", "6.3", "6.4", "6.5", "6.6", "6.7", "6.8", "6.9"),
    *("7", "7.1", "7.2", "7.3", "7.4", "8"),
    *("9.1", "9.2", "9.3", "9.4", "9.5", "10", "12"),
    *(f"13.{number}" for number in range(1, 12)),
]


def rows() -> list[tuple[str, str, str]]:
    lines = (TESTS / "dialect.md").read_text(encoding="utf-8").splitlines()
    cells = [re.split(r" ?\| ?", line)[1:-1] for line in lines if line.startswith("| ")]
    assert all(len(row) == 3 and all(row) for row in cells)
    return [(section, behaviour, proof) for section, behaviour, proof in cells[1:]]


@cache
def titles(name: str) -> frozenset[str]:
    """Return the titles of the cases in the fixture file called ``name``."""
    (path,) = (
        path
        for folder in ("source/fixtures", "source", "library/fixtures")
        if (path := TESTS / folder / name).is_file()
    )
    parts = re.split(r"^\.\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return frozenset(title.strip() for title in parts[0::3])


@cache
def functions(path: str) -> frozenset[str]:
    """Return the names of the tests in the module at ``path``."""
    tree = ast.parse((TESTS.parent / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("proof", sorted({proof for *_, proof in rows()}))
def test_each_proof_exists(proof: str) -> None:
    if proof.startswith("none: "):
        return
    if "::" in proof:
        path, name = proof.split("::")
        assert name.startswith("test_")
        assert name in functions(path)
    else:
        name, title = proof.split(": ", 1)
        assert title in titles(name)


def test_each_section_has_rows() -> None:
    found = [section for section, *_ in rows()]
    assert list(dict.fromkeys(found)) == SECTIONS


def test_each_section_is_proved() -> None:
    proved = {section for section, _, proof in rows() if not proof.startswith("none")}
    # How a thread of discussion is embedded is no matter of the language.
    assert set(SECTIONS) - proved == {"7.2"}
