"""The code that a framework runs, and where in the chapter each of its lines stands."""

from __future__ import annotations

from collections.abc import Callable

import nbformat

from polybook.book import Book, Page
from polybook.notebook import code_cells, execution_notebook

MakeBook = Callable[..., Book]

CHAPTER = """\
# One

```{.python .input}
#@tab alpha

x = 1
# a comment

y = 2
```

Text.

```{.python .input}
x = "beta"
#@tab beta
```

```{.python .input}
#@tab all
print(x)
```

```{.python .input}
#@tab alpha
```
"""


def page(book: MakeBook, text: str = CHAPTER) -> tuple[Book, Page]:
    made = book(text)
    found = made.page("deep/one")
    assert found is not None
    return made, found


def test_each_line_of_code_knows_its_line_in_the_chapter(book: MakeBook) -> None:
    first, second = code_cells(*page(book), "alpha")
    assert first.source == "x = 1\n# a comment\n\ny = 2"
    assert first.lines == (6, 7, 8, 9)
    assert (second.source, second.lines) == ("print(x)", (21,))


def test_another_framework_runs_other_cells(book: MakeBook) -> None:
    cells = code_cells(*page(book), "beta")
    assert [(cell.source, cell.lines) for cell in cells] == [
        ('x = "beta"', (15,)),
        ("print(x)", (21,)),
    ]


def test_a_cell_of_a_pragma_alone_is_not_run(book: MakeBook) -> None:
    parsed = page(book)
    assert len(parsed[1].cells("alpha")) == 3
    assert len(code_cells(*parsed, "alpha")) == 2


def test_a_framework_without_the_page_runs_nothing(book: MakeBook) -> None:
    parsed = page(book, "```{.python .input}\n#@tab beta\n1\n```\n")
    assert code_cells(*parsed, "alpha") == ()
    assert execution_notebook(code_cells(*parsed, "alpha")).cells == []


def test_the_notebook_that_is_run_is_code_alone(book: MakeBook) -> None:
    notebook = execution_notebook(code_cells(*page(book), "alpha"))
    nbformat.validate(notebook)
    assert [cell.cell_type for cell in notebook.cells] == ["code", "code"]
    assert [cell.source for cell in notebook.cells] == [
        "x = 1\n# a comment\n\ny = 2",
        "print(x)",
    ]
    assert notebook.cells[0].metadata.polybook.lines == [6, 7, 8, 9]


def test_prose_changes_nothing_but_lines(book: MakeBook) -> None:
    before = execution_notebook(code_cells(*page(book), "alpha"))
    after = execution_notebook(
        code_cells(*page(book, CHAPTER.replace("Text.", "Other\n\ntext.")), "alpha")
    )
    assert [cell.source for cell in after.cells] == [cell.source for cell in before.cells]
    assert [cell.id for cell in after.cells] == [cell.id for cell in before.cells]
    assert after.cells[1].metadata.polybook.lines == [23]


def test_the_same_chapter_gives_the_same_bytes(book: MakeBook) -> None:
    first = nbformat.writes(execution_notebook(code_cells(*page(book), "alpha")))
    assert nbformat.writes(execution_notebook(code_cells(*page(book), "alpha"))) == first


def test_tags_of_a_cell_are_those_of_the_notebook_that_is_run(book: MakeBook) -> None:
    text = "```{code-cell}\n:tags: [framework-alpha, raises-exception]\n1\n```\n"
    (cell,) = execution_notebook(code_cells(*page(book, text), "alpha")).cells
    assert (cell.source, cell.metadata.tags) == ("1", ["raises-exception"])
    assert "tags" not in execution_notebook(code_cells(*page(book), "alpha")).cells[0].metadata


def test_a_branch_runs_for_its_framework_alone(book: MakeBook) -> None:
    text = "```{.python .input}\n#@tab all\nif tab.selected('alpha'):\n    1\n```\n"
    both = page(book, text)
    assert [(cell.source, cell.lines) for cell in code_cells(*both, "alpha")] == [("1", (4,))]
    assert code_cells(*both, "beta") == ()


def test_a_select_cell_is_not_run(book: MakeBook) -> None:
    text = "```{.python .input}\n%load_ext d2lbook.tab\ntab.interact_select('alpha')\n```\n"
    assert code_cells(*page(book, text), "alpha") == ()
