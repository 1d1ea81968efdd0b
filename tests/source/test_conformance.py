"""The source language by example: each case is a title, an input and what it means.

The cases stand in ``fixtures/<construct>.md`` as::

    title
    .
    input
    .
    expected, in the form of `describe`
    .

A bug report becomes a test by pasting; see `without_signs` for what cannot be
seen. ``tests/dialect.md`` says which sentence of the language each case proves.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from description import FRAMEWORKS, describe, without_signs
from markdown_it.utils import read_fixture_file

from polybook.source import parse

_FILES = sorted((Path(__file__).parent / "fixtures").glob("*.md"))


def _cases() -> list[object]:
    return [
        pytest.param(source, expected, id=f"{file.stem}:{line} {title}")
        for file in _FILES
        for line, title, source, expected in read_fixture_file(file)
    ]


@pytest.mark.parametrize(("source", "expected"), _cases())
def test_conformance(source: str, expected: str) -> None:
    chapter = parse(without_signs(source), frameworks=FRAMEWORKS)
    assert describe(chapter) == expected.rstrip("\n")


def test_every_construct_has_examples() -> None:
    assert {file.stem for file in _FILES} == {
        "branches",
        "cells",
        "chinese",
        "citations",
        "code_cells",
        "equations",
        "figures",
        "front_matter",
        "headings",
        "hide",
        "invisible",
        "japanese",
        "korean",
        "labels",
        "listings",
        "myst",
        "portuguese",
        "pragmas",
        "references",
        "select",
        "slides",
        "tab_blocks",
        "tables",
        "turkish",
        "vietnamese",
    }
