"""Names of the library in the code of notebooks, as `polybook check` sees them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from polybook.book import Book
from polybook.findings import findings
from polybook.library import libraries
from polybook.source import Diagnostic

MakeBook = Callable[..., Book]
CONFIG = """\
title: Small
polybook:
  frameworks:
    alpha:
      library: lib.alpha
      aliases:
        module: math
        simple: {ones: ones}
        fluent: {numpy: asnumpy}
        reverse: {'lib\\.size\\((\\w+)\\)': '\\1.size'}
        definitions: |
          import math
          Module = object
    beta:
      library: lib.beta
"""
IMPORT = "from lib import alpha as lib\n"
SAVING = "```{.python .input}\n#@save\ndef plot():\n    pass\n```\n"


def cell(code: str, pragma: str = "") -> str:
    return f"```{{.python .input}}\n{pragma}{code}\n```\n"


def found(make_book: MakeBook, **pages: str) -> list[Diagnostic]:
    named = {f"{name}.md": f"# {name}\n\n{text}" for name, text in pages.items()}
    book = make_book({"index.md": "# Book\n", **named}, config=CONFIG)
    return findings(book, libraries(book))


def test_a_name_that_nobody_saves(make_book: MakeBook) -> None:
    code = cell(IMPORT + "x = 1; lib.plto()")
    (one,) = found(make_book, first=SAVING, second=code)
    assert (one.path, one.line, one.column) == ("second.md", 5, 8)
    assert (one.severity, one.code) == ("error", "unresolved-library-name")
    assert one.message == "`lib.plto` is saved nowhere in the book for alpha"
    assert one.suggestion == "did you mean 'plot'?"


def test_a_name_that_is_saved_later(make_book: MakeBook) -> None:
    (one,) = found(make_book, first=cell(IMPORT + "lib.plot()"), second=SAVING)
    assert (one.path, one.line, one.column) == ("first.md", 5, 1)
    assert (one.severity, one.code) == ("warning", "used-before-saved")
    assert "second.md" in one.message


def test_a_name_that_is_saved_later_is_reported_where_it_is_first_used(
    make_book: MakeBook,
) -> None:
    twice = cell(IMPORT + "lib.plot()\nlib.plot()")
    (one,) = found(make_book, first=twice, second=cell(IMPORT + "lib.plot()"), third=SAVING)
    assert (one.path, one.line) == ("first.md", 5)
    assert one.message == (
        "`lib.plot` is used here, and 2 more times, before it is defined, in third.md"
    )


def test_frameworks_that_define_a_name_on_different_pages(make_book: MakeBook) -> None:
    imports = cell(IMPORT) + "\n" + cell(IMPORT.replace("alpha", "beta"), "#@tab beta\n")
    uses = imports + "\n" + cell("lib.plot()", "#@tab all\n")
    in_beta = SAVING.replace("#@save", "#@tab beta\n#@save")
    pages = found(make_book, first=uses, second=SAVING, third=in_beta)
    assert [one.message.rpartition(" ")[2] for one in pages] == ["second.md", "third.md"]


@pytest.mark.parametrize(
    ("before", "silent"),
    [
        ("The function is defined in :numref:`sec_tools`.", True),
        ("The function is defined in [the last section](second.md).", True),
        ("The function is defined in {ref}`sec_tools`.", True),
        ("The function is defined in {doc}`second`.", True),
        ("The function is defined in [the last section](#sec_tools).", True),
        ("Read on in :numref:`sec_first`.", False),
    ],
)
def test_readers_who_are_told_where_a_name_comes_from(
    make_book: MakeBook, before: str, silent: bool
) -> None:
    first = f":label:`sec_first`\n\n{before}\n\n" + cell(IMPORT + "lib.plot()")
    tools = ":label:`sec_tools`\n\n" + SAVING
    expected = [] if silent else ["used-before-saved"]
    assert [one.code for one in found(make_book, first=first, second=tools)] == expected


def test_readers_who_are_told_on_a_later_page(make_book: MakeBook) -> None:
    """What is told on the second page helps nobody on the first."""
    uses = cell(IMPORT + "lib.plot()")
    told = "Defined in :numref:`sec_tools`.\n\n" + uses
    tools = ":label:`sec_tools`\n\n" + SAVING
    (one,) = found(make_book, first=uses, second=told, third=tools)
    assert (one.path, one.line) == ("first.md", 5)
    assert found(make_book, first=told, second=uses, third=tools) == []


def test_the_page_itself_counts_as_in_time(make_book: MakeBook) -> None:
    assert found(make_book, first=cell(IMPORT + "lib.plot()") + "\n" + SAVING) == []


@pytest.mark.parametrize(
    "code",
    [
        IMPORT + "lib.plot(), lib.ones(3), lib.numpy(x), lib.size(x), lib.Module, lib.__name__",
        IMPORT + "lib.mine = 1\nlib.mine",
        IMPORT + "if hasattr(lib, 'lost'):\n    pass",
        IMPORT + "def f(lib):\n    return lib.lost",
        IMPORT + "# lib.lost\n'lib.lost'",
        "lib.lost",
        IMPORT + "lib.lost(",
        "from lib.alpha import plot\nplot()",
    ],
)
def test_no_false_alarm(make_book: MakeBook, code: str) -> None:
    assert found(make_book, first=SAVING, second=cell(code)) == []


@pytest.mark.parametrize(
    "code",
    [
        "from lib.alpha import lost",
        "import lib.alpha\nlib.alpha.lost()",
        IMPORT + "getattr(lib, 'lost')",
        IMPORT + "%time lib.plot()\n\ndef f():\n    return lib.lost",
    ],
)
def test_ways_to_use_a_name(make_book: MakeBook, code: str) -> None:
    (one,) = found(make_book, first=SAVING, second=cell(code))
    assert one.code == "unresolved-library-name"


def test_a_cell_for_several_frameworks_is_wrong_once(make_book: MakeBook) -> None:
    imports = cell(IMPORT) + "\n" + cell(IMPORT.replace("alpha", "beta"), "#@tab beta\n")
    (one,) = found(make_book, first=SAVING, second=imports + "\n" + cell("lib.lost", "#@tab all\n"))
    assert (one.path, one.line) == ("second.md", 16)


def test_a_saved_cell_that_changes_an_earlier_one(make_book: MakeBook) -> None:
    first, second = (SAVING.replace("pass", f"return {number}") for number in (1, 2))
    (one,) = found(make_book, first=first, second=second)
    assert (one.path, one.line, one.column) == ("second.md", 5, 1)
    assert (one.severity, one.code) == ("error", "duplicate-definition")
    assert "first.md:5" in one.message
    assert one.suggestion == "give one of them another name, or save only one"


def test_saved_code_is_reported_once(make_book: MakeBook) -> None:
    (one,) = found(make_book, first=cell(IMPORT + "#@save\ndef f():\n    return lib.lost"))
    assert one.code == "unresolved-library-name"
    assert one.message.startswith("the saved code uses")


@pytest.mark.parametrize(
    ("directive", "line", "code", "suggestion"),
    [
        (
            "```eval_rst\n\n.. autofunction:: lib.alpha.plto\n```",
            5,
            "unresolved-library-name",
            "plot",
        ),
        (
            "```{eval-rst}\n.. currentmodule:: lib.alpha\n\n.. autoclass:: plto\n   :members:\n```",
            6,
            "unresolved-library-name",
            "plot",
        ),
        ("```eval_rst\n.. automodule:: lib.alhpa\n```", 4, "unresolved-library-name", "lib.alpha"),
        ("```{polybook-api} alhpa\n```", 3, "unknown-framework", "alpha"),
    ],
)
def test_directives_that_show_what_no_library_has(
    make_book: MakeBook, directive: str, line: int, code: str, suggestion: str
) -> None:
    (one,) = found(make_book, first=SAVING, second=directive)
    assert (one.path, one.line, one.severity, one.code) == ("second.md", line, "error", code)
    assert one.suggestion == f"did you mean '{suggestion}'?"


@pytest.mark.parametrize(
    "directive",
    [
        "```eval_rst\n.. autofunction:: lib.alpha.plot\n```",
        "```eval_rst\n.. automodule:: lib.alpha\n\n.. autofunction:: plot()\n```",
        "```{polybook-api} alpha\n```\n\n```{polybook-api}\n```",
    ],
)
def test_directives_that_show_what_is_there(make_book: MakeBook, directive: str) -> None:
    assert found(make_book, first=SAVING, second=directive) == []


def test_sphinxs_own_autodoc_shows_any_module(make_book: MakeBook) -> None:
    config = CONFIG + "sphinx:\n  extra_extensions: [sphinx.ext.autodoc]\n"
    text = "# One\n\n```eval_rst\n.. autofunction:: math.sqrt\n```\n"
    book = make_book({"index.md": "# Book\n", "one.md": text}, config=config)
    assert findings(book, libraries(book)) == []
