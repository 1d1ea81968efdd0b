"""Reading a cell in one pass gives what Python's own tokenizer gives."""

from __future__ import annotations

import ast

from hypothesis import assume, given
from hypothesis import strategies as st

from polybook.library import syntax

PIECES = [
    *("'", '"', "'''", '"""', "\\", "\n", "#", " ", "x", "=", "(", ")", "b'", 'r"', "f'{x}'"),
    *("# it's", "'# no comment'", "'''a\nb'''", "\\\n", "    ", "def f():", "1", "\t", "é"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_comments_and_strings_are_where_the_tokenizer_finds_them(source: str) -> None:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        assume(False)
    assert syntax.read(source) == syntax._tokenized(source)


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_no_text_makes_reading_fail(source: str) -> None:
    assert "\n".join(syntax.read(source).lines) == source


def test_a_comment_in_a_string_is_none() -> None:
    code = syntax.read("x = '#@save'  #@save\ny = '''\n# no\n'''  # yes\n")
    assert code.comments == ((1, 14, "#@save"), (4, 5, "# yes"))
    assert code.strings == {3, 4}
