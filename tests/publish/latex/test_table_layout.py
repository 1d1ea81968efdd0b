"""Tables of HTML and of Markdown on a page."""

from __future__ import annotations

from bs4 import BeautifulSoup
from docutils import nodes
from latex.conftest import shown
from sphinx import addnodes

from polybook.publish.latex.html_output import html_nodes
from polybook.publish.latex.html_table import read_table

MULTI = """\
<div><style scoped>.dataframe { color: red }</style>
<table border="1" class="dataframe">
<thead>
<tr><th></th><th></th><th colspan="2" halign="left">size</th></tr>
<tr><th></th><th></th><th>wide</th><th>name</th></tr>
</thead>
<tbody>
<tr><th rowspan="2" valign="top">a</th><th>0</th><td>1.5</td><td>one</td></tr>
<tr><th>1</th><td>-2.0</td><td>two</td></tr>
<tr><th>...</th><th>...</th><td>...</td><td>...</td></tr>
</tbody></table><p>9 rows × 2 columns</p></div>
"""


def table_of(columns: int, rows: int = 2) -> str:
    head = "".join(f"<th>column{at:02}</th>" for at in range(columns))
    body = "".join(f"<td>{1000 + at}.25</td>" for at in range(columns))
    lines = "".join(f"<tr><th>{at}</th>{body}</tr>" for at in range(rows))
    return f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{lines}</tbody></table>"


def specs(made: list[nodes.Node]) -> list[str]:
    return [each["spec"] for each in made if isinstance(each, addnodes.tabular_col_spec)]


def test_a_grid_has_spans_head_and_stubs() -> None:
    grid = read_table(BeautifulSoup(MULTI, "html.parser").table)
    assert (grid.rows, grid.columns, grid.head, grid.stubs) == (5, 4, 2, 2)
    size = next(cell for cell in grid.cells if cell.text == "size")
    first = next(cell for cell in grid.cells if cell.text == "a")
    assert (size.column, size.columns, first.rows) == (2, 2, 2)
    assert grid.is_numeric(2) and not grid.is_numeric(3)


def test_numbers_stand_right_and_the_number_of_rows_below() -> None:
    made = html_nodes(MULTI)
    # Of the index, the first level is words and the second numbers.
    assert specs(made) == ["lrrl"]
    assert made[-1].astext() == "9 rows × 2 columns"
    table = next(each for each in made if isinstance(each, nodes.table))
    assert "color" not in table.astext()
    numeric = [e.astext() for e in table.findall(nodes.entry) if "numeric" in e["classes"]]
    assert "-2.0" in numeric and "two" not in numeric


def test_cells_that_rows_lack_are_empty() -> None:
    short = "<table><tr><td>1</td></tr><tr><td>2</td><td>3</td></tr></table>"
    (table,) = (each for each in html_nodes(short) if isinstance(each, nodes.table))
    assert [len(row) for row in table.findall(nodes.row)] == [2, 2]


def test_a_wide_table_is_set_smaller_and_a_wider_one_in_parts_with_its_index() -> None:
    assert html_nodes(table_of(5))[0].tagname == "tabular_col_spec"
    assert html_nodes(table_of(7))[0].astext().startswith(r"\begingroup\footnotesize")
    made = html_nodes(table_of(20))
    assert [len(spec) for spec in specs(made)] == [10, 10, 3]
    tables = [each for each in made if isinstance(each, nodes.table)]
    assert all(next(t.findall(nodes.tbody))[1][0].astext() == "1" for t in tables)
    headings = [e.astext() for t in tables for e in next(t.findall(nodes.row)) if e.astext()]
    assert headings == [f"column{at:02}" for at in range(20)]


def test_a_grid_that_a_page_gets_wrong_is_a_table_all_the_same(latex) -> None:
    odd = "<table><tr><td rowspan='9' colspan='2'>a</td></tr><tr><td>b</td></tr></table>"
    done = latex(shown(text_html=odd), shown(text_html=MULTI), shown(text_html=table_of(3, 40)))
    assert done.returncode == 0 and done.stderr == "", done.stderr
    assert r"\begin{longtable}{rrrr}" in done.tex


def test_columns_of_markdown_stand_where_the_text_says(latex) -> None:
    done = latex(page="# Page\n\n| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 | 3 |\n")
    assert r"{lcr}" in done.tex


def test_columns_of_long_text_share_the_line(latex) -> None:
    rows = f"| 1 | {'word ' * 30} | {'more words ' * 30} |\n" * 35
    done = latex(page=f"# Page\n\n| a | b | c |\n|---|---|---|\n{rows}")
    assert r"\begin{longtable}{l>{\raggedright\arraybackslash}p{" in done.tex
