"""Which imports are done before the notebooks start, read from their syntax trees."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from nbformat import NotebookNode

from polybook.execution.preload import Imports, fitting, imports, preloads, without
from polybook.library import Library

LIBRARY = Library(
    "shelf.alpha", (), "import sys\nimport numpy\nfrom alpha import nn as layers\n", ()
)


@pytest.fixture
def imported(make_notebook: Callable[..., NotebookNode]) -> Callable[..., tuple[str, ...]]:
    def imported(*sources: str, library: Library | None = None) -> tuple[str, ...]:
        return imports(make_notebook(*sources), library, {"shelf"}).statements

    return imported


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import alpha", ["import alpha"]),
        ("import alpha.nn as nn", ["import alpha", "import alpha.nn"]),
        (
            "from alpha.nn import functional as F, Linear",
            [
                "import alpha",
                "import alpha.nn",
                "from alpha.nn import functional",
                "from alpha.nn import Linear",
            ],
        ),
        ("from alpha import *", ["import alpha"]),
        ("%matplotlib inline\nimport alpha\n!ls", ["import alpha"]),
        # Not in any case:
        ("if True:\n    import alpha", []),
        ("def later():\n    import alpha", []),
        ("try:\n    import alpha\nexcept ImportError:\n    pass", []),
        # Not of the environment:
        ("import os, sys\nfrom collections import abc", []),
        ("import shelf.beta\nfrom . import near", []),
        # Not Python:
        ("%%bash\nimport alpha", []),
        ("import alpha\nbroken = = 1", []),
        # Makes itself known to the shell, which is not there yet:
        ("from IPython import display\nfrom matplotlib_inline import backend_inline", []),
    ],
)
def test_what_a_cell_imports_in_any_case(
    imported: Callable[..., tuple[str, ...]], source: str, found: list[str]
) -> None:
    assert imported(source) == tuple(found)


@pytest.mark.parametrize(
    "source", ["from shelf import alpha as d2l", "import shelf.alpha", "from shelf.alpha import x"]
)
def test_the_library_brings_its_imports(
    imported: Callable[..., tuple[str, ...]], source: str
) -> None:
    own = ("import numpy", "import alpha", "from alpha import nn")
    assert imported(source, "import pandas", library=LIBRARY) == (*own, "import pandas")
    assert imported("import pandas", library=LIBRARY) == ("import pandas",)


def test_a_module_that_a_cell_may_write_is_left_to_it(
    imported: Callable[..., tuple[str, ...]],
) -> None:
    assert imported("%%writefile mine.py\nx = 1", "import mine, alpha") == ("import alpha",)


def some(*statements: str, library: bool = False) -> Imports:
    return Imports(statements, library)


def test_notebooks_share_what_all_of_a_kind_import() -> None:
    users = [some("import a", "import b", "import c", library=True), some("import a", "import b")]
    users[1] = Imports(users[1].statements, True)
    others = [some("import a"), some("import a", "import p"), some(), some()]
    assert preloads({"alpha": [*users, *others], "beta": [some("import a")]}) == {
        "alpha": [("import a", "import b"), ("import a",), ()],
        "beta": [],
    }


def test_notebooks_alone_in_their_kind_share_what_they_can() -> None:
    assert preloads({"alpha": [some("import a", library=True), some("import a", "import b")]}) == {
        "alpha": [("import a",)]
    }
    assert preloads({"alpha": [some("import a", library=True), some()]}) == {"alpha": [()]}


def test_a_notebook_gets_the_most_that_it_would_import_itself() -> None:
    choices = [("import a", "import b"), ("import a",), ()]
    assert fitting(choices, some("import b", "import a", "import p")) == choices[0]
    assert fitting(choices, some("import a", "import p")) == choices[1]
    assert fitting(choices, some("import p")) == ()
    assert fitting(choices[:2], some("import p")) is None


def test_without_an_import_go_those_that_imply_it() -> None:
    every = ("import a", "import a.b", "from a.b import c", "import ab")
    assert without(every, "import a.b") == ("import a", "import ab")
    assert without(every, "from a.b import c") == ("import a", "import a.b", "import ab")
    assert without(every, "import a") == ("import ab",)
