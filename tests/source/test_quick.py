"""The quick parts of the parser give the tokens that markdown-it's own give, in fewer steps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from polybook.source import MYST_EXTENSIONS, create_parser
from polybook.source.rules import dialect_plugin

FIXTURES = sorted((Path(__file__).parent / "fixtures").rglob("*.md"))
EVERY_EXTENSION = frozenset(
    {
        *("amsmath", "attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath"),
        *("fieldlist", "html_admonition", "linkify", "replacements", "smartquotes"),
        *("strikethrough", "substitution", "tasklist"),
    }
)
PIECES = [
    *"abc#>-+*_=|:$`~[](){}<>!&\\\"'%@^.1\t\n \u00a0\u3000\u7b2c",
    *("\n\n", "\n---\n", "\n===", "\n    ", "- ", "1. ", "> ", "```", "~~~", "$$", "|-|", "# "),
    *("[a]: b", "[a]: b 'c'", "[a]:\n", "[^1]: x", "(a)=", "{{a}}", "{{", "<<a>>", "{a}`b`"),
    *(
        ":cite:`a`",
        ":label:`a`",
        "![a](b)",
        "[a](b)",
        "<b>",
        "<eos>",
        "**",
        "http://a.de",
        "a@b.de",
    ),
    *(
        "www.a.de",
        "a.b.de",
        "//a.de",
        "localhost",
        "1.2.3.4",
        "+++ a",
        ":::{note}",
        ":begin_tab:`a`",
    ),
    *(":end_tab:", "{.python .input}", "\\begin{align}", "\\end{align}", ": a", ":a: b", "&amp;"),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


def config(extensions: frozenset[str], **settings: object) -> MdParserConfig:
    return MdParserConfig(enable_extensions=set(extensions), dmath_double_inline=True, **settings)


CONFIGS = [
    config(MYST_EXTENSIONS),
    config(EVERY_EXTENSION, sub_delimiters=("<", ">"), linkify_fuzzy_links=False),
    config(frozenset()),
]
PARSERS = [
    (create_md_parser(each, RendererHTML).use(dialect_plugin), create_parser(each))
    for each in CONFIGS
]


def read(parser: MarkdownIt, text: str) -> object:
    env: dict[str, object] = {}
    tokens = parser.parse(text, env)
    # An empty register of footnotes is none.
    footnotes = env.pop("footnotes", {})
    return [token.as_dict() for token in tokens], env, any(footnotes.values())


@pytest.mark.parametrize("number", range(len(CONFIGS)))
@given(text=TEXTS)
def test_any_text_gives_the_tokens_of_markdown_it(number: int, text: str) -> None:
    plain, quick = PARSERS[number]
    assert read(quick, text) == read(plain, text)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_fixtures_give_the_tokens_of_markdown_it(path: Path) -> None:
    for plain, quick in PARSERS:
        for piece in path.read_text(encoding="utf-8").split("\n.\n"):
            assert read(quick, piece) == read(plain, piece)


@pytest.mark.parametrize(
    "text",
    [
        "a\n   ",
        "\ta\n \tb",
        "a\nb\n=\t\n",
        "a\n= =\n",
        "> a\nb\n---\n",
        "- a\n  b\n  ---\n",
        "[a]: b\n'c'\n",
        "[a]: b\n'c' d\n\n[a]",
        "[a]: b 'c'\n[b]: c\nd\n\n[a] [b]",
        "[a]: b 'c' d\n",
        "\u00a0{{a}}",
        "\u00a0(a)=\n",
        "- x---\n",
        "a&amp;b&#65;&#x41;&#0;&nope;&a",
        "[a&amp;](b) {{a}} {{b",
        "{{a} }} {{",
        "1://a.de x://b.de http://c.de",
    ],
)
def test_borders_of_lines_and_blocks(text: str) -> None:
    for plain, quick in PARSERS:
        assert read(quick, text) == read(plain, text)


def steps(text: str) -> int:
    """Return how often rules are asked while ``text`` is parsed."""
    parser = create_parser(CONFIGS[0])
    count = 0

    def counted(rule: Callable[..., bool]) -> Callable[..., bool]:
        def call(*arguments: object) -> bool:
            nonlocal count
            count += 1
            return rule(*arguments)

        return call

    for ruler in (parser.block.ruler, parser.inline.ruler):
        for rule in list(ruler.__rules__):
            ruler.at(rule.name, counted(rule.fn), {"alt": rule.alt})
    parser.parse(text, {})
    return count


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "word\n",
            "word ",
            "a:",
            "*a ",
            "**x* ",
            "_a_ ",
            "<a ",
            "$a",
            "{a}",
            "`a` ",
            "&a",
            "![",
            "[",
        ),
        *("](x", "[a](", "[a]: b\n", "[a]: b 'c'\n", "> a\n", "- a\n", "|a|\n", ":a:`b` ", "[^a]"),
        *(
            "$$\na\n\n",
            ":begin_tab:`a`\n",
            "```\n",
            "{.python .input}\n",
            "a@b.c ",
            "//",
            "http://a ",
        ),
    ],
)
def test_the_steps_grow_with_the_length(piece: str) -> None:
    few, many = steps(piece * 100), steps(piece * 400)
    assert many < 5 * few
