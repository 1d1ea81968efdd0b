"""Which statements of a cell are saved."""

from __future__ import annotations

import ast

from hypothesis import given
from hypothesis import strategies as st
from library_cases import cases, cell, findings

from polybook.library.saved import saved_statements
from polybook.library.syntax import indent, read, tidy


@cases("saved.txt")
def test_saved(text: str, expected: str) -> None:
    statements, diagnostics = saved_statements(cell(text))
    lines = [line for each in statements for line in (*each.comments, *each.text.split("\n"))]
    lines += [f"! {each}" for each in findings(diagnostics)]
    assert "\n".join(lines) == expected


def test_lines_are_the_chapters() -> None:
    saved = cell("y = 1\n#@save\nx = 1\n@wraps(x)\n@wraps(x)\nclass A:\n    pass")
    statements, _ = saved_statements(saved)
    assert [each.line for each in statements] == [12, 15]
    assert [each.origin for each in statements] == ["a.md (sec_a)"] * 2


def test_origin_without_label() -> None:
    (statement,), _ = saved_statements(cell("x = 1  #@save", "a/b c.md", None))
    assert statement.origin == "a/b c.md"


def test_windows_line_ends() -> None:
    statements, diagnostics = saved_statements(cell("#@save\r\nx = 1\r\ny = 2\r\n"))
    assert [each.text for each in statements] == ["x = 1", "y = 2"]
    assert not diagnostics


def test_deep_nesting_is_refused_not_a_crash() -> None:
    for source in (
        "x = " + "(" * 90 + "1" + ")" * 90,
        "x = " + "-" * 5000 + "1",
        "x = f" + ".a" * 400,
    ):
        saved_statements(cell(f"#@save\n{source}"))
    _, (problem,) = saved_statements(cell("#@save\nx = f" + ".a" * 400))
    assert (problem.code, problem.line) == ("invalid-python", 11)


PIECES = st.sampled_from(
    ['"""', "'", "f'{x}'", "\\\n", "\n", "    ", "# x", "(", ")", "x", " = 1", "%ls", "!", ":", "?"]
)


@given(st.lists(PIECES).map("".join) | st.text())
def test_reading_keeps_the_lines(source: str) -> None:
    code = read(source)
    assert len(code.lines) == len(source.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def test_indent_leaves_strings_alone() -> None:
    source = "def f():\n    x = '''a\n  b\n'''   \n\n    return (x +\n\n            f'''\n{x}''')\n"
    moved = ast.parse("class A:\n" + indent(tidy(source), "    ")).body[0].body[0]
    assert ast.dump(moved) == ast.dump(ast.parse(source).body[0])
    assert tidy("x = '''a  \n'''  \ny = 1  ") == "x = '''a  \n'''\ny = 1"
