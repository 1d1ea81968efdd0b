"""What text looks like: the paragraphs of a chapter as HTML, by example.

The cases stand in ``rendered.md``, in the form of the other fixtures. Below
each input stands each of its paragraphs with its line; a line end in it is
written ``\\n``.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from description import FRAMEWORKS
from markdown_it.utils import read_fixture_file

from polybook.source import create_parser, parse
from polybook.source.parser import default_config

_CASES = read_fixture_file(Path(__file__).parent / "rendered.md")


@pytest.mark.parametrize(
    ("source", "expected"), [pytest.param(case[2], case[3], id=case[1]) for case in _CASES]
)
def test_text(source: str, expected: str) -> None:
    renderer = create_parser(default_config())
    chapter = parse(source, frameworks=FRAMEWORKS)
    found = []
    for before, token in zip(chapter.tokens, chapter.tokens[1:], strict=False):
        if before.type == "paragraph_open":
            html = renderer.renderer.renderInline(token.children, renderer.options, chapter.env)
            line = html.replace("\n", "\\n")
            found.append(f"text {token.map[0] + 1} {line}")
    assert "\n".join(found) == expected.rstrip("\n")
