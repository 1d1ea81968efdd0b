"""What a chapter tells about itself: its stretches, their places, and what is wrong."""

from __future__ import annotations

from myst_parser.config.main import MdParserConfig

from polybook.source import Diagnostic, parse

CHAPTER = """\
---
frameworks: [alpha, beta]
---
# Numbers
:label:`sec_numbers`

See :numref:`fig_line`, proved by :cite:`Alpha.2001, Beta.2002`.

```{.python .input}
#@tab alpha
x = 1  #@save
```

:begin_tab:`beta`
Beta counts differently.
:end_tab:

![The *line*](../img/line.svg "Title")
:width:`300px`
:label:`fig_line`
"""


def chapter():
    return parse(CHAPTER, "chapters/numbers.md", ("alpha", "beta"))


def test_blocks_join_to_the_text_in_order() -> None:
    blocks = chapter().blocks
    assert [block.kind for block in blocks] == [
        "front_matter",
        "text",
        "cell",
        "text",
        "tab_block",
        "text",
    ]
    assert "".join(block.span.of(CHAPTER) for block in blocks) == CHAPTER


def test_a_cell_knows_its_fence_and_its_code() -> None:
    (cell,) = chapter().cells
    assert cell.span.of(CHAPTER) == "```{.python .input}\n#@tab alpha\nx = 1  #@save\n```\n"
    assert cell.code == "#@tab alpha\nx = 1  #@save"
    assert cell.pragma == ("alpha",)
    assert cell.source("alpha") == ("x = 1  #@save", (11,))


def test_a_cell_without_a_pragma_has_none() -> None:
    (cell,) = parse("```{.python .input}\nx\n```\n", frameworks=("alpha", "beta")).cells
    assert cell.pragma is None
    assert cell.frameworks == ("alpha",)


def test_a_tab_block_knows_its_content() -> None:
    (block,) = chapter().tab_blocks
    assert block.span.of(CHAPTER).startswith(":begin_tab:")
    assert block.span.of(CHAPTER).endswith(":end_tab:\n")
    assert block.content.of(CHAPTER) == "Beta counts differently.\n"
    assert block.names == ("beta",)


def test_a_target_reaches_from_its_object_to_its_last_mark() -> None:
    section, figure = chapter().targets
    assert section.span.of(CHAPTER) == "# Numbers\n:label:`sec_numbers`\n"
    assert figure.span.of(CHAPTER).startswith("![The")
    assert figure.span.of(CHAPTER).endswith(":label:`fig_line`\n")


def test_a_figure_knows_its_picture() -> None:
    image = chapter().targets[1].image
    assert image is not None
    assert image.source == "../img/line.svg"
    assert image.caption.of(CHAPTER) == "The *line*"
    assert image.span is not None
    assert image.span.of(CHAPTER) == '![The *line*](../img/line.svg "Title")'


def test_an_image_in_reference_style_has_no_span_of_its_own() -> None:
    (image,) = parse("![A cat][cat]\n\n[cat]: cat.svg\n").images
    assert (image.source, image.span) == ("cat.svg", None)


def test_a_reference_covers_its_whole_mark_and_keys_share_it() -> None:
    numref, *keys = chapter().references
    assert numref.span.of(CHAPTER) == ":numref:`fig_line`"
    assert [key.span.of(CHAPTER) for key in keys] == [":cite:`Alpha.2001, Beta.2002`"] * 2


def test_a_reference_over_two_quoted_lines_covers_both() -> None:
    text = "> See {numref}``sec_x`` and :numref:`the\n> section` too.\n"
    role, mark = parse(text).references
    assert role.span.of(text) == "{numref}``sec_x``"
    assert mark.span.of(text) == ":numref:`the\n> section`"


def test_mark_lines_are_whole_lines() -> None:
    marks = [(mark.key, mark.value, mark.span.of(CHAPTER)) for mark in chapter().marks]
    assert marks == [
        ("label", "sec_numbers", ":label:`sec_numbers`\n"),
        ("width", "300px", ":width:`300px`\n"),
        ("label", "fig_line", ":label:`fig_line`\n"),
    ]


def test_renderers_find_cells_and_blocks_at_their_tokens() -> None:
    parsed = chapter()
    found = {token.type: token.meta for token in parsed.tokens}
    assert found["cell"]["cell"] is parsed.cells[0]
    assert found["tab_block_open"]["block"] is parsed.tab_blocks[0]


def test_the_title_is_the_first_heading_that_opens_a_section() -> None:
    assert chapter().title == "Numbers"
    assert parse("> # Quoted\n\n## Real\n").title == "Real"
    assert parse("No heading.\n", "chapters/plain.md").title == "chapters/plain.md"


def test_front_matter_is_plain_data() -> None:
    assert chapter().front_matter == {"frameworks": ["alpha", "beta"]}
    assert parse("# No front matter\n").front_matter == {}


def test_a_book_without_frameworks_has_cells_for_none() -> None:
    (cell,) = parse("```{.python .input}\nx\n```\n").cells
    assert cell.frameworks == ()


def test_the_settings_of_myst_decide_what_is_syntax() -> None:
    text = "\\begin{align}\nx\n\\end{align}\n\n\\begin{align*}\ny\n\\end{align*}\n"
    assert parse(text).targets == ()
    (equation,) = parse(text, config=MdParserConfig(enable_extensions={"amsmath"})).targets
    assert (equation.kind, equation.line) == ("equation", 1)


def test_diagnostics_point_at_the_author_s_text_in_order() -> None:
    text = "```{.python .input}\n#@tab alpa\n```\n\nSee :foo:`x`.\n:label:`sec_x`\n"
    found = parse(text, "chapters/wrong.md", ("alpha",)).diagnostics
    assert [(one.line, one.column, one.code) for one in found] == [
        (2, 1, "unknown-framework"),
        (5, 5, "unknown-mark"),
        (6, 1, "dangling-label"),
    ]
    assert {one.path for one in found} == {"chapters/wrong.md"}


def test_every_diagnostic_of_a_chapter_says_how_to_mend_it() -> None:
    texts = [
        "# Title :label:`sec_x`\n",
        "$$x$$\n\n:label:`a`\n\ntext\n:width:`3px`\n",
        "```{.python .input}\n",
        ":begin_tab:`alpha`\n",
        ":end_tab:\n",
        "```{.python .input}\n#@tab gamma\n```\n",
        ":numref:`a:b`\n",
        "{.python .input}\n",
        "```{.python .input}\nif tab.selected('x')\n```\n",
        "```{code-cell}\n:tags: [\n```\n",
    ]
    for text in texts:
        (found,) = parse(text, frameworks=("alpha",)).diagnostics
        assert found.severity == "error"
        assert found.message and not found.message.endswith(".")
        assert found.suggestion


def test_a_diagnostic_reads_like_a_compiler_s() -> None:
    found = Diagnostic("a.md", 3, 5, "undefined-label", "no label is called 'x'", "write it")
    assert str(found) == "a.md:3:5: error: no label is called 'x' [undefined-label]\n    write it"
    assert str(Diagnostic("a.md", 3, 5, "x", "odd", severity="warning")) == (
        "a.md:3:5: warning: odd [x]"
    )
