"""The notebook that a reader downloads: one framework's text, code and outputs."""

from __future__ import annotations

import base64
from collections.abc import Callable

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output

from polybook.book import Book
from polybook.notebook import reader_notebook
from polybook.notebook.reader import notebook_path

MakeBook = Callable[..., Book]

CHAPTER = """\
---
frameworks: [alpha, beta]
---
# One
:label:`sec_one`

Common text.

:begin_tab:`alpha`
Alpha's text.
:end_tab:
:begin_tab:`beta`
Beta's text.
:end_tab:

```{.python .input}
#@tab alpha
x = 1
```

```{.python .input}
#@tab beta
x = 2
```

More text.

```{.python .input}
#@tab all
x
```
"""


def notebook(book: Book, framework: str = "alpha", executed=None) -> NotebookNode:
    page = book.page("deep/one")
    assert page is not None
    made = reader_notebook(book, page, framework, executed)
    nbformat.validate(made)
    return made


def written(book: Book, framework: str = "alpha") -> str:
    """Return the text of the notebook, without its code."""
    cells = notebook(book, framework).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def shown(book: MakeBook, text: str, framework: str = "alpha", **options: str) -> str:
    """Return what ``text`` looks like below the title of chapter 1.1."""
    title = "# One\n\n"
    result = written(book(title + text, **options), framework)
    assert result.startswith(title)
    return result.removeprefix(title)


def test_a_notebook_holds_the_text_and_code_of_its_framework(book: MakeBook) -> None:
    cells = notebook(book(CHAPTER), "alpha").cells
    assert [(cell.cell_type, cell.source) for cell in cells] == [
        ("markdown", '# One\n<a id="sec_one"></a>\n\nCommon text.\n\nAlpha\'s text.'),
        ("code", "x = 1"),
        ("markdown", "More text."),
        ("code", "x"),
    ]


def test_other_frameworks_are_left_out(book: MakeBook) -> None:
    cells = notebook(book(CHAPTER), "beta").cells
    assert "Beta's text." in cells[0].source
    assert "Alpha" not in cells[0].source
    assert [cell.source for cell in cells if cell.cell_type == "code"] == ["x = 2", "x"]


def test_ids_are_unique_and_bytes_the_same_each_time(book: MakeBook) -> None:
    loaded = book(CHAPTER)
    first = notebook(loaded)
    ids = [cell.id for cell in first.cells]
    assert len(set(ids)) == len(ids)
    assert nbformat.writes(notebook(loaded)) == nbformat.writes(first)


def test_a_notebook_opens_with_the_reader_s_own_kernel(book: MakeBook) -> None:
    assert notebook(book(CHAPTER)).metadata.kernelspec.name == "python3"


def test_a_notebook_lies_below_its_framework(book: MakeBook) -> None:
    page = book(CHAPTER).page("deep/one")
    assert page is not None
    assert str(notebook_path(page, "alpha")) == "alpha/deep/one.ipynb"


def test_outputs_are_taken_over_by_position(book: MakeBook) -> None:
    executed = [
        new_code_cell("x = 1", execution_count=1),
        new_code_cell(
            "x",
            execution_count=2,
            outputs=[new_output("execute_result", {"text/plain": "1"}, execution_count=2)],
        ),
    ]
    first, second = [
        cell
        for cell in notebook(book(CHAPTER), "alpha", executed).cells
        if cell.cell_type == "code"
    ]
    assert (first.execution_count, first.outputs) == (1, [])
    assert second.execution_count == 2
    assert second.outputs[0].data["text/plain"] == "1"


def test_without_a_run_there_are_no_outputs(book: MakeBook) -> None:
    code = [cell for cell in notebook(book(CHAPTER)).cells if cell.cell_type == "code"]
    assert [(cell.execution_count, cell.outputs) for cell in code] == [(None, [])] * 2


LINKS = [
    (":numref:`sec_deep`", "[Section 1](index.ipynb#sec_deep)"),
    (":ref:`sec_deep`", "[Deep](index.ipynb#sec_deep)"),
    (":ref:`sec_book`", "[Book](../index.ipynb#sec_book)"),
    (":eqref:`eq_deep`", "[(1.1)](index.ipynb#eq_deep)"),
    ("{eq}`eq_deep`", "[(1.1)](index.ipynb#eq_deep)"),
    ("{numref}``sec_deep``", "[Section 1](index.ipynb#sec_deep)"),
    (":numref:`SEC_deep`", "[Section 1](index.ipynb#sec_deep)"),
    (":numref:`sec_deep`と", "[Section 1](index.ipynb#sec_deep)と"),
    ("`` :numref:`sec_deep` ``", "`` :numref:`sec_deep` ``"),
    (":numref:`sec_none`", ":numref:`sec_none`"),
    ("{doc}`index`", "{doc}`index`"),
]


@pytest.mark.parametrize(("mark", "link"), LINKS)
def test_references_become_links_between_notebooks(book: MakeBook, mark: str, link: str) -> None:
    assert shown(book, f"See {mark}.\n") == f"See {link}."


def test_a_reference_on_the_same_page(book: MakeBook) -> None:
    text = "## Two\n:label:`sec_two`\n\nSee :numref:`sec_two`.\n"
    assert shown(book, text) == '## Two\n<a id="sec_two"></a>\n\nSee [Section 1.1.1](#sec_two).'


def test_a_page_that_the_framework_lacks_is_named_but_not_linked(book: MakeBook) -> None:
    text = ":numref:`sec_beta`, :ref:`sec_beta`\n"
    assert shown(book, text, "alpha") == "Section 1.2, Beta Only"
    assert shown(book, text, "beta") == (
        "[Section 1.2](beta-only.ipynb#sec_beta), [Beta Only](beta-only.ipynb#sec_beta)"
    )


def test_where_the_website_is_known_links_lead_there(book: MakeBook) -> None:
    config = "polybook: {frameworks: {alpha: , beta: }}\nhtml: {baseurl: https://example.org/b/}\n"
    text = "# One\n:label:`sec_one`\n\n:numref:`sec_beta` :numref:`sec_one`\n"
    assert written(book(text, config)).endswith(
        "[Section 1.2](https://example.org/b/deep/beta-only.html#sec-beta) [Section 1.1](#sec_one)"
    )


CITATIONS = [
    (":cite:`Alpha.2001`", "([Alpha and Beta, 2001](https://doi.org/10.1/x))"),
    (":citep:`Gamma.2002`", "(Gamma, 2002)"),
    (":citet:`Alpha.2001`", "[Alpha and Beta (2001)](https://doi.org/10.1/x)"),
    ("{cite:t}`Gamma.2002`", "Gamma (2002)"),
    (
        ":cite:`Alpha.2001, Gamma.2002`",
        "([Alpha and Beta, 2001](https://doi.org/10.1/x), Gamma, 2002)",
    ),
    (":cite:`Gamma.2002,None.1900`", "(Gamma, 2002)"),
    (":cite:`None.1900`", ":cite:`None.1900`"),
]


@pytest.mark.parametrize(("mark", "words"), CITATIONS)
def test_citations_become_words(book: MakeBook, mark: str, words: str) -> None:
    assert shown(book, f"It works {mark}.\n") == f"It works {words}."


def test_a_figure_gets_its_number_its_anchor_and_its_picture(book: MakeBook) -> None:
    text = (
        "See :numref:`fig_cat`.\n\n![A *cat*, see :numref:`sec_deep`](../img/cat.png)\n"
        ":width:`300px`\n:label:`fig_cat`\n\nText.\n"
    )
    loaded = book(f"# One\n\n{text}")
    assert written(loaded) == (
        "# One\n\nSee [Fig. 1.1.1](#fig_cat).\n\n"
        '<a id="fig_cat"></a>\n\n'
        "![A *cat*, see :numref:`sec_deep`](attachment:img-cat.png)\n\n"
        "**Fig. 1.1.1** A *cat*, see [Section 1](index.ipynb#sec_deep)\n\n"
        "Text."
    )
    (cell,) = notebook(loaded).cells
    (attachment,) = cell.attachments.values()
    assert base64.b64decode(attachment["image/png"]) == b"a picture"
    assert list(cell.attachments) == ["img-cat.png"]


def test_a_figure_without_a_label_has_a_number_too(book: MakeBook) -> None:
    assert shown(book, "![A cat](/img/cat.png)\n") == (
        "![A cat](attachment:img-cat.png)\n\n**Fig. 1.1.1** A cat"
    )


def test_a_figure_in_a_list_or_a_quotation_stays_there(book: MakeBook) -> None:
    text = "- ![A cat](../img/cat.png)\n  :label:`fig_cat`\n- item\n\n> ![B](../img/cat.png)\n"
    assert shown(book, text) == (
        '- <a id="fig_cat"></a>\n\n  ![A cat](attachment:img-cat.png)\n\n'
        "  **Fig. 1.1.1** A cat\n- item\n\n"
        "> ![B](attachment:img-cat.png)\n>\n> **Fig. 1.1.2** B"
    )


def test_pictures_within_text_are_attached_and_others_linked(book: MakeBook) -> None:
    text = "A ![cat](../img/cat.png) ![dog](https://example.org/dog.png) ![none](none.png).\n"
    assert shown(book, text) == (
        "A ![cat](attachment:img-cat.png) ![dog](https://example.org/dog.png) ![none](none.png)."
    )


def test_only_cells_that_show_a_picture_carry_it(book: MakeBook) -> None:
    text = ":begin_tab:`beta`\n![A cat](../img/cat.png)\n:end_tab:\n"
    (alpha,) = notebook(book(f"# One\n\n{text}```{{.python .input}}\n#@tab alpha\n```\n")).cells
    assert "attachments" not in alpha


def test_a_labelled_equation_gets_its_number_and_its_anchor(book: MakeBook) -> None:
    text = "$$x$$\n:eqlabel:`eq_x`\n\n$$\ny\n$$\n:eqlabel:`eq_y`\n\n$$z$$\n\n:eqref:`eq_y`\n"
    assert shown(book, text) == (
        '<a id="eq_x"></a>\n\n$$x \\tag{1.1.1}$$\n\n'
        '<a id="eq_y"></a>\n\n$$\ny \\tag{1.1.2}\n$$\n\n'
        "$$z$$\n\n[(1.1.2)](#eq_y)"
    )


def test_an_equation_within_its_paragraph(book: MakeBook) -> None:
    text = "We define $$x$$ and $$y$$\n:eqlabel:`eq_y`\nand go on with :eqref:`eq_y`.\n"
    assert shown(book, text) == (
        'We define $$x$$ and <a id="eq_y"></a>$$y \\tag{1.1.2}$$\nand go on with [(1.1.2)](#eq_y).'
    )


def test_an_equation_in_a_list(book: MakeBook) -> None:
    text = "- item\n\n  $$x$$\n  :eqlabel:`eq_x`\n"
    assert shown(book, text) == '- item\n\n  <a id="eq_x"></a>$$x \\tag{1.1.1}$$'


def test_an_equation_with_a_label_of_myst(book: MakeBook) -> None:
    text = "$$x$$ (eq_x)\n\n{eq}`eq_x`\n"
    assert shown(book, text) == '<a id="eq_x"></a>\n\n$$x \\tag{1.1.1}$$\n\n[(1.1.1)](#eq_x)'


def test_the_anchor_of_a_table_is_no_row_of_it(book: MakeBook) -> None:
    text = "| a |\n|---|\n| :ref:`tab_a` |\n:label:`tab_a`\nText.\n"
    assert shown(book, text) == ('| a |\n|---|\n| [tab_a](#tab_a) |\n\n<a id="tab_a"></a>\n\nText.')


def test_targets_of_myst_become_anchors(book: MakeBook) -> None:
    text = "(sec_a)=\n(sec_b)=\n## A\n\n:numref:`sec_b`\n"
    assert shown(book, text) == (
        '<a id="sec_a"></a>\n\n<a id="sec_b"></a>\n\n## A\n\n[Section 1.1.1](#sec_b)'
    )


def test_marks_within_tab_blocks(book: MakeBook) -> None:
    text = ":begin_tab:`alpha`\n## A\n:label:`sec_a`\n\n:numref:`sec_deep`\n:end_tab:\n"
    assert shown(book, text) == ('## A\n<a id="sec_a"></a>\n\n[Section 1](index.ipynb#sec_deep)')


def test_everything_else_is_the_author_s_text(book: MakeBook) -> None:
    text = (
        "Some *emphasis*, `code`, $x$ and 中文。\n\n* a list\n    1. nested\n\n"
        "```python\n:label:`sec_x`\n```\n\n> quotation\n\n<b>HTML</b>\n"
    )
    assert shown(book, text) == text.rstrip("\n")
