"""Neutral calls become native ones, span by span, and nothing else changes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polybook.book import Book
from polybook.book.config import Aliases
from polybook.library.syntax import parse
from polybook.notebook import code_cells, execution_notebook, unchanged_calls
from polybook.notebook.alias import library_names, native

ALIASES = Aliases(
    module="alpha",
    simple=(("ones", "ones"), ("exp(", "exp("), ("rand", "random.rand"), ("float32", "float32")),
    fluent=(
        ("numpy", "detach().numpy"),
        ("reshape", "reshape"),
        ("size", "numel"),
        ("total", "sum"),
    ),
    reverse=(
        (r"lib\.turned\((\w+)\)", r"\1.T"),
        ("lib.Part", "parts.Part"),
        ("lib.to", "alpha.put"),
    ),
)


def changed(source: str, names: frozenset[str] = frozenset({"lib"})) -> str:
    return native(source, ALIASES, names).source


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        # Simple names are whole words, and only attributes of the library.
        ("x = lib.ones(3)", "x = alpha.ones(3)"),
        ("lib.expand(lib.exp(x))", "lib.expand(alpha.exp(x))"),
        ("f(lib.float32, lib . rand(2))", "f(alpha.float32, alpha.random.rand(2))"),
        ("other.ones(x.lib.ones)", "other.ones(x.lib.ones)"),
        ("lib.ones = 1", "lib.ones = 1"),
        # Strings and comments stay; fields of f-strings are code.
        ("'lib.ones'  # lib.ones", "'lib.ones'  # lib.ones"),
        ("f'é {lib.size(x):>{lib.ones}} lib.ones'", "f'é {x.numel():>{alpha.ones}} lib.ones'"),
        ('f"""\n  {lib.numpy(a + b)}"""', 'f"""\n  {(a + b).detach().numpy()}"""'),
        # Fluent calls.
        ("lib.reshape(x, (2, 3))", "x.reshape((2, 3))"),
        ("lib.numpy(a + b)", "(a + b).detach().numpy()"),
        ("lib.numpy((a + b))", "(a + b).detach().numpy()"),
        ("lib.numpy(-x)", "(-x).detach().numpy()"),
        ("lib.numpy(1)", "(1).detach().numpy()"),
        ("lib.numpy(lambda: 1)", "(lambda: 1).detach().numpy()"),
        ("lib.numpy(x[0].y(1))", "x[0].y(1).detach().numpy()"),
        ("lib.numpy('a')", "'a'.detach().numpy()"),
        ("lib.numpy((1, 2))", "(1, 2).detach().numpy()"),
        ("lib.total(x for x in y)", "(x for x in y).sum()"),
        ("lib.total((x for x in y), 1)", "(x for x in y).sum(1)"),
        ("lib.total(x,)", "x.sum()"),
        ("lib.total(x, axis=0, keepdims=True)", "x.sum(axis=0, keepdims=True)"),
        ("lib.total(x, *rest, **more)", "x.sum(*rest, **more)"),
        ("(lib.total)( x , 1 )", "x.sum(1 )"),
        # Nested calls, inside out.
        (
            "lib.numpy(lib.reshape(lib.ones(3) * 2, (lib.size(y),)))",
            "(alpha.ones(3) * 2).reshape((y.numel(),)).detach().numpy()",
        ),
        ("lib.size(lib.ones(lib.size(x)))", "alpha.ones(x.numel()).numel()"),
        # The author's lines and comments stay.
        ("lib.reshape(x,\n            (2, 3))", "x.reshape(\n            (2, 3))"),
        (
            "lib.reshape(  # why\n    x,  # what\n    2)  # lib.size",
            "x.reshape(  # why\n      # what\n    2)  # lib.size",
        ),
        ("lib.numpy(\n    a\n    .b\n)", "(a\n    .b).detach().numpy()"),
        ("lib.numpy(f(\n    a))", "f(\n    a).detach().numpy()"),
        # Patterns come first, find whole words only, and may feed the others.
        ("lib.turned(x) + lib.turned(x + y)", "x.T + lib.turned(x + y)"),
        ("class A(lib.Part, lib.Parts): pass", "class A(parts.Part, lib.Parts): pass"),
        ("lib.to(x, lib.tokens)", "alpha.put(x, lib.tokens)"),
        ("lib.total(lib.turned(x))", "x.T.sum()"),
        # Magics stay, and the code around them is changed.
        (
            "%time lib.ones(3)\nlib.ones(3)\nfiles = !ls",
            "%time lib.ones(3)\nalpha.ones(3)\nfiles = !ls",
        ),
        # What does not parse gets the patterns alone.
        ("lib.Part(\nlib.ones(", "parts.Part(\nlib.ones("),
        ("", ""),
    ],
)
def test_native(source: str, expected: str) -> None:
    assert changed(source) == expected


@pytest.mark.parametrize("source", ["lib.numpy()", "lib.numpy(*x)", "lib.numpy(x=1)"])
def test_a_call_without_a_receiver_stays_and_is_reported(source: str) -> None:
    found = native(f"a = 1\n{source}\n", ALIASES, {"lib"})
    assert found.source == f"a = 1\n{source}\n"
    assert found.left == ((1, "numpy"),)


def test_lines_keep_their_places() -> None:
    found = native("a\nlib.reshape(\n    x,\n    2)\nlib.numpy(\n    x\n)\nb", ALIASES, {"lib"})
    assert found.source == "a\nx.reshape(\n    \n    2)\nx.detach().numpy()\nb"
    # The first replacement has the lines of its span; the second is shorter.
    assert found.rows == (0, 1, 2, 3, 4, 7)


def test_a_pattern_that_adds_lines_maps_them_to_its_own() -> None:
    aliases = Aliases(reverse=(("two", "one\none"),))
    found = native("a\ntwo\nb", aliases, {"lib"})
    assert (found.source, found.rows) == ("a\none\none\nb", (0, 1, 1, 2))


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("from d2l import alpha as d2l", {"d2l"}),
        ("from d2l import alpha", {"alpha"}),
        ("import d2l.alpha", {"d2l.alpha"}),
        ("%load x\nimport d2l.alpha as a, os\nfrom d2l import beta as b", {"a"}),
        ("import os", {"d2l"}),
        ("import (", {"d2l"}),
    ],
)
def test_names_of_the_library(source: str, names: set[str]) -> None:
    assert library_names(["x = 1", source], "d2l.alpha") == names


def test_a_dotted_name_of_the_library() -> None:
    assert changed("d.lib.ones(d.ones)", frozenset({"d.lib"})) == "alpha.ones(d.ones)"


CONFIG = """\
polybook:
  frameworks:
    alpha:
      library: lib.alpha
      aliases: {module: al, simple: {ones: ones}, fluent: {numpy: numpy}}
    beta:
      library: lib.beta
sphinx:
  config:
    bibtex_bibfiles: [works.bib]
"""
CHAPTER = """\
# One

```{.python .input}
#@tab all
a = mine.ones(3)
mine.numpy(
    a
)
b
```

```{.python .input}
#@tab alpha
from lib import alpha as mine
```

```{.python .input}
#@tab beta
from lib import beta as mine
```
"""


def test_notebooks_hold_native_calls(book: Callable[..., Book]) -> None:
    made = book(CHAPTER, CONFIG)
    page = made.page("deep/one")
    assert page is not None
    first, _ = code_cells(made, page, "alpha")
    assert (first.source, first.lines) == ("a = al.ones(3)\na.numpy()\nb", (5, 6, 9))
    assert code_cells(made, page, "beta")[0].source.startswith("a = mine.ones(3)\nmine.numpy(\n")
    assert execution_notebook(code_cells(made, page, "alpha")).cells[0].source == first.source


def test_a_call_that_stays_is_a_warning(book: Callable[..., Book]) -> None:
    text = CHAPTER.replace("mine.numpy(\n    a\n)", "mine.numpy(\n    *a)")
    (found,) = unchanged_calls(book(text, CONFIG))
    assert (found.path, found.line, found.code) == ("deep/one.md", 6, "unchanged-alias")
    assert found.severity == "warning"
    assert unchanged_calls(book(CHAPTER, CONFIG)) == []


PIECES = [
    "lib",
    ".",
    "numpy",
    "ones",
    "reshape",
    "(",
    ")",
    ",",
    " ",
    "\n",
    "x",
    "#",
    "'",
    "f'{",
    "}",
]
PIECES += ["[", "]", "*", "%", "=", ":", "é", "\\", '"""', "lib.numpy(", "lib.reshape(x, "]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_any_text_goes_in_and_valid_code_comes_out_valid(source: str) -> None:
    found = native(source, ALIASES, {"lib"})
    assert len(found.rows) == found.source.count("\n") + 1
    assert all(0 <= row <= source.count("\n") for row in found.rows)
    try:
        parse(source)
    except SyntaxError:
        return
    parse(found.source)
