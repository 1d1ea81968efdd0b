"""What text looks like: the paragraphs of a chapter as HTML, by example.

The cases stand in ``rendered.md``, in the form of the other fixtures. Below
each input stands each of its paragraphs with its line; a line end in it is
written ``\\n``.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from description import FRAMEWORKS, without_signs
from markdown_it.utils import read_fixture_file
from myst_parser.config.main import MdParserConfig

from polybook.source import create_parser, parse
from polybook.source.parser import default_config

_CASES = read_fixture_file(Path(__file__).parent / "rendered.md")


@pytest.mark.parametrize(
    ("source", "expected"), [pytest.param(case[2], case[3], id=case[1]) for case in _CASES]
)
def test_text(source: str, expected: str) -> None:
    renderer = create_parser(default_config())
    chapter = parse(without_signs(source), frameworks=FRAMEWORKS)
    found = []
    for before, token in zip(chapter.tokens, chapter.tokens[1:], strict=False):
        if before.type == "paragraph_open":
            html = renderer.renderer.renderInline(token.children, renderer.options, chapter.env)
            line = html.replace("\n", "\\n")
            found.append(f"text {token.map[0] + 1} {line}")
    assert "\n".join(found) == expected.rstrip("\n")


def test_smart_punctuation_is_a_setting() -> None:
    text = '"Well" it\'s 1--2 ... `"a"`\n'
    names = {"dollarmath", "smartquotes", "replacements"}
    for given, expected in (
        (default_config(), "&quot;Well&quot; it's 1--2 ... <code>&quot;a&quot;</code>"),
        (MdParserConfig(enable_extensions=names), "“Well” it’s 1–2 … <code>&quot;a&quot;</code>"),
    ):
        assert create_parser(given).renderInline(text).strip() == expected
