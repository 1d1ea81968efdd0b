"""Which symbol uses which, and what a notebook uses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from library_cases import cell, cells

from polybook.library import Library, SymbolGraph, extract, used_names

MODULE = "d2l.alpha"

BOOK = """\
#@save
import sys
import numpy as np
from plots import pyplot as plt
d2l = sys.modules[__name__]
RATE = 0.1
table = {}
=== a.md
d2l.table['x'] = d2l.address('x')  #@save
=== a.md
#@save
def address(name): return 'at ' + name
=== a.md
class Base:  #@save
    pass
=== a.md
@d2l.decorate  #@save
class Model(d2l.Base):
    kind = RATE
    def loss(self, y: Target, rate=SCALE) -> Result:
        return d2l.squared(y) * rate
=== a.md
#@save
def decorate(x): return x
SCALE = 2
class Target: pass
class Result: pass
def squared(x):
    return np.sum(x * x)
=== b.md
@d2l.add_to_class(d2l.Model)  #@save
def plot(self, y):
    plt.plot([RATE for RATE in y])
=== b.md
#@save
def shadow(np, *, plt=None):
    RATE = [squared for squared in np]
    def inner():
        nonlocal RATE
        return RATE, plt
    class Local:
        Base = 1
        other = Base
        def f(self): return Base
    return lambda table: table, {k: v for k, v in np for Target in k}
=== b.md
#@save
def deep():
    def local():
        global SCALE
        SCALE += 1
        try:
            from x import decorate
        except Target as Result:
            return Result
        return decorate
    return local
=== b.md
#@save
def everything(name): return getattr(d2l, name)
def one(): return getattr(d2l, 'RATE')
def walk(tree):
    return [walk(each) for each in tree]
=== c.md
class Own:  #@save
    global SCALE
    SCALE = 3
    try: Base = 1
    except Exception as Target: squared = Target
    kind = Base, squared, [RATE for RATE in RATE]
    np += 1
    def f(self): return np
=== c.md
for key in list(table): table[key] = 1  #@save
"""


@pytest.fixture(scope="module")
def library() -> Library:
    return extract(cells(BOOK), MODULE)


@pytest.fixture(scope="module")
def graph(library: Library) -> SymbolGraph:
    return SymbolGraph(library)


RUNS = "<d2l.table['x'] = d2l.address('x')>"
LOOPS = "<for key in list(table): table[key] = 1>"


@pytest.mark.parametrize(
    ("name", "uses"),
    [
        ("d2l", {"sys"}),
        ("np", set()),
        ("RATE", set()),
        (RUNS, {"d2l", "table", "address"}),
        (
            "Model",
            {
                *("d2l", "decorate", "Base", "RATE", "Target", "SCALE", "Result", "squared"),
                "plt",  # through the method added later
            },
        ),
        ("squared", {"np"}),
        ("shadow", {"Base"}),
        ("Own", {"SCALE", "RATE", "np"}),
        ("deep", {"SCALE", "Target"}),
        ("one", {"d2l", "RATE"}),
        ("walk", set()),
    ],
)
def test_uses(graph: SymbolGraph, name: str, uses: set[str]) -> None:
    assert graph.uses(name) == uses


def test_dynamic_use_is_use_of_everything(graph: SymbolGraph) -> None:
    assert graph.uses("everything") == graph.names - {"everything"}


def test_closure(graph: SymbolGraph) -> None:
    always = {RUNS, LOOPS, "key", "d2l", "sys", "table", "address"}
    assert graph.closure([]) == always
    assert graph.closure(["squared", "unknown"]) == always | {"squared", "np"}
    assert graph.closure(["everything"]) == graph.names


def digests(text: str) -> dict[str, dict[str, str]]:
    graph = SymbolGraph(extract(cells(text), MODULE))
    return {name: dict(graph.parts(name)) for name in graph.names}


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("# nothing", "# a comment", set()),
        ("def squared(x):\n    return", "def squared( x ):  # fine\n\n  return", set()),
        ("RATE = 0.1", "RATE = 0.2", {"RATE"}),
        ("import numpy as np", "import jnumpy as np", {"np"}),
        ("import numpy as np", "import numpy as np, other", {"other"}),
        ("from plots import pyplot", "from plots import a, pyplot", {"a"}),
        ("plt.plot(", "plt.draw(", {"Model"}),
        ("'at '", "'to '", {"address"}),
        ("d2l.table['x'] =", "d2l.table['y'] =", {RUNS, RUNS.replace("table['x']", "table['y']")}),
    ],
)
def test_digest(old: str, new: str, changed: set[str]) -> None:
    before, after = digests(BOOK), digests(BOOK.replace(old, new))
    names = before.keys() | after.keys()
    assert {name for name in names if before.get(name) != after.get(name)} == changed


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("plt.plot(", "plt.draw(", ["Model.plot"]),
        ("# nothing", "# a comment", []),
    ],
)
def test_a_class_consists_of_its_methods_and_of_itself_without_them(
    graph: SymbolGraph, old: str, new: str, changed: list[str]
) -> None:
    assert set(graph.parts("Model")) == {"Model", "Model.loss", "Model.plot"}
    assert set(graph.parts("RATE")) == {"RATE"}
    edited = SymbolGraph(extract(cells(BOOK.replace(old, new)), MODULE))
    before, after = graph.parts("Model"), edited.parts("Model")
    assert [name for name in before if before[name] != after[name]] == changed


def test_the_order_in_a_class_counts() -> None:
    def parts(body: str) -> dict[str, str]:
        return dict(SymbolGraph(extract([cell(f"class A:  #@save\n{body}")], MODULE)).parts("A"))

    method, alias = "    def f(self):\n        return 1\n", "    g = f\n"
    assert parts(method + alias)["A.f"] == parts(alias + method)["A.f"]
    assert parts(method + alias)["A"] != parts(alias + method)["A"]


def test_a_path_is_a_shortest_chain_of_uses() -> None:
    code = (
        "def a():  #@save\n    return b()\ndef b():  #@save\n    return c()\n"
        "def c():  #@save\n    return 1\ndef d():  #@save\n    return b()\n"
    )
    graph = SymbolGraph(extract([cell(code)], MODULE))
    assert graph.path(["a", "d"], "c") == ("a", "b", "c")
    assert graph.path(["d"], "d") == ("d",)
    assert graph.path(["c"], "a") == ()
    assert graph.path(["unknown"], "a") == ()


def test_a_definition_that_may_use_anything_says_why() -> None:
    code = (
        "def any_of(name):  #@save\n    return globals()[name]\ndef one():  #@save\n    return 1\n"
    )
    graph = SymbolGraph(extract([cell(code)], MODULE))
    assert graph.uses("any_of") == {"one"}
    assert graph.dynamic("any_of") == "`globals` can reach any name"
    assert graph.dynamic("one") is None


def test_only_statements_that_run_on_import_have_an_order() -> None:
    code = "#@save\nimport os\nB = 1\ndef f():\n    return A\n#@save\nA = 2\nprint(A)\n"
    graph = SymbolGraph(extract([cell(code)], MODULE))
    assert graph.in_order(graph.names) == ("B", "A", "<print(A)>")


def test_star_imports_belong_to_every_closure() -> None:
    graph = SymbolGraph(extract([cell("#@save\nfrom stars import *\nx = sun")], MODULE))
    assert graph.closure(["x"]) == {"x", "<from stars import *>"}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("from d2l import alpha as d2l\nd2l.f(d2l.A.x)", {"f", "A"}),
        ("from d2l import alpha\nalpha.f", {"f"}),
        ("import d2l.alpha as book\nbook.f", {"f"}),
        ("import d2l.alpha\nd2l.alpha.f(d2l.beta.g, d2l.h)", {"f"}),
        ("import d2l as top, d2l.alpha\ntop.alpha.f", {"f"}),
        ("from d2l.alpha import Trainer as T, g\nT()", {"Trainer", "g"}),
        ("if 1:\n    def f():\n        from d2l import alpha as a\n        return a.f", {"f"}),
        ("from d2l import alpha as d2l\nlib = d2l\nlib2 = lib\nlib2.f", {"f"}),
        ("from d2l import alpha as d2l\nd2l = d2l\nd2l.f", {"f"}),
        ("from d2l import alpha as d2l\nT = d2l.T\nT.x", {"T"}),
        ("from d2l import alpha as d2l\ndef f(d2l): return d2l.no\nd2l.f", {"f"}),
        ("from d2l import alpha as d2l\n[d2l.no for d2l in x]", set()),
        ("import d2l.alpha as d\nd.f = 1\ngetattr(d, 'g'); hasattr(d, 'h')", {"f", "g", "h"}),
        ("from d2l import alpha as d2l\nclass A(d2l.B):\n  @d2l.c\n  def f(x: d2l.e = d2l.g): pass",
         {"B", "c", "e", "g"}),
        ("%matplotlib inline\nfrom d2l import alpha as d2l\n%timeit d2l.f(xd2l.no)\n!ls", {"f"}),
        ("from d2l import alpha as d2l\nx = !echo {d2l.f()}\nd2l.g?", {"f", "g"}),
        ("from d2l import alpha as d2l\neval_ = model.eval()", set()),
        ("import d2l\n", set()),
    ],
)  # fmt: skip
def test_used_names(source: str, names: set[str]) -> None:
    used = used_names([source], MODULE)
    assert (used.names, used.dynamic, used.module) == (names, None, True)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("from d2l.alpha import *", "`from d2l.alpha import *` may take every name"),
        ("from d2l import *", "`from d2l import *` may take every name"),
        ("from d2l import alpha as d2l\nprint(d2l)", "the module `d2l` is used as a value"),
        ("import d2l.alpha\nprint(d2l.alpha)", "the module `d2l.alpha` is used as a value"),
        ("import d2l.alpha\nprint(d2l)", "the module `d2l` is used as a value"),
        ("from d2l import alpha as d\ngetattr(d, x)", "the module `d` is used as a value"),
        ("from d2l import alpha as d\nx = [d]", "the module `d` is used as a value"),
        ("from d2l import alpha as d\nx, y = d, 1", "the module `d` is used as a value"),
        ("from d2l import alpha as d\nd.__dict__['x']", "`d.__dict__` holds every name"),
        ("from d2l import alpha as d\neval('d.x')", "`eval` can reach any name"),
        ("import importlib as i, importlib\nimportlib.import_module(x)",
         "`importlib.import_module` can reach any module"),
        ("from importlib import import_module\nimport_module(x)",
         "`import_module` can reach any module"),
        ("import sys\nsys.modules['d2l.alpha'].x", "`sys.modules` can reach any module"),
        ("from d2l import alpha as d\n%whos d", "`%whos d` uses the module `d` as a value"),
        ("x = (", "a cell is not valid Python: '(' was never closed"),
    ],
)  # fmt: skip
def test_dynamic_use(source: str, reason: str) -> None:
    used = used_names([source], MODULE)
    assert (used.dynamic, used.module) == (reason, True)


@pytest.mark.parametrize(
    "source",
    ["", "import sys\nd2l = sys.modules[__name__]\nd2l.np", "import d2l.beta as d2l\nd2l.f",
     "from d2l.beta import *", "eval('1')", "from .d2l import alpha\nalpha.f"],
)  # fmt: skip
def test_notebooks_without_the_library(source: str) -> None:
    used = used_names([source], MODULE)
    assert (used.names, used.dynamic, used.module) == (set(), None, False)


WORDS = "import d2l from d2l.alpha alpha as * = ( ) [ . : def class lambda in for %ls"


@given(st.lists(st.sampled_from([*WORDS.split(), "\n"])).map(" ".join) | st.text())
def test_any_code_can_be_asked(source: str) -> None:
    assert used_names([source], MODULE) == used_names([source], MODULE)
