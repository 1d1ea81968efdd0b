"""Configurations and what follows from them, as pairs in a Markdown file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from markdown_it.utils import read_fixture_file

from polybook.book import load_config
from polybook.book.website import Website
from polybook.source import BookError

FIXTURES = Path(__file__).parent / "fixtures"


def examples(name: str) -> list[object]:
    """Return the title, the configuration and the expectation of each example in a file."""
    return [
        pytest.param(given, expected, id=title)
        for _, title, given, expected in read_fixture_file(FIXTURES / name)
    ]


def followed(folder: Path, given: str, tell: Callable[[Website], str]) -> str:
    """Return what `tell` says of a configuration, or what is wrong with it."""
    (folder / "_config.yml").write_text(given, encoding="utf-8")
    try:
        return tell(load_config(folder).website)
    except BookError as error:
        (found,) = error.diagnostics
        return f"{found.path}:{found.line}: {found.message} [{found.code}]\n{found.suggestion}\n"
