"""From saved cells to a module."""

from __future__ import annotations

import ast
import sys
import types

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from library_cases import cases, cell, cells, findings

from polybook.library import Library, SymbolGraph, extract

MODULE = "d2l.alpha"


def result(library: Library) -> str:
    """Return the module without its header, and the findings."""
    body = library.text.split("\n", 2)[2].strip("\n")
    return "\n".join(
        [*filter(None, [body]), *(f"! {each}" for each in findings(library.diagnostics))]
    )


@cases("extract.txt")
def test_extract(text: str, expected: str) -> None:
    library = extract(cells(text), MODULE)
    assert result(library) == expected
    compile(library.text, "library", "exec")


TRAINER = '''\
#@save
import sys
book = sys.modules[__name__]
=== a.md sec_a
def add_to_class(Class):  #@save
    def wrapper(function):
        setattr(Class, function.__name__, function)
    return wrapper
=== a.md sec_a
class Base:  #@save
    """What all share."""
    def name(self):
        raise NotImplementedError
=== b.md sec_b
class Trainer(book.Base):  #@save
    def fit(self):
        return book.double(self.step())
    def step(self): pass
=== b.md sec_b
@book.add_to_class(Base)  #@save
def name(self):
    return f"""
a {type(self).__name__}"""
@book.add_to_class(book.Trainer)  #@save
def step(self):
    return 20 + book.offset
@book.add_to_class(book.Trainer)  #@save
def more(self):
    return super().name()
=== c.md sec_c
#@save
offset = 1
def double(x):
    return 2 * x
'''


def test_the_module_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    library = extract(cells(TRAINER), MODULE)
    assert not library.diagnostics
    module = types.ModuleType(MODULE)
    monkeypatch.setitem(sys.modules, MODULE, module)
    exec(library.text, module.__dict__)
    trainer = module.Trainer()
    assert trainer.fit() == 42
    assert trainer.more() == "\na Trainer"
    assert list(vars(module.Trainer))[1:4] == ["fit", "step", "more"]


def test_symbols() -> None:
    library = extract(
        cells(TRAINER + "=== d.md\n#@save\nimport os.path as p\nprint(offset)"), MODULE
    )
    assert [(each.qualified, each.kind, each.path, each.line) for each in library.symbols] == [
        ("sys", "import", "a.md", 11),
        ("book", "assignment", "a.md", 12),
        ("add_to_class", "function", "a.md", 10),
        ("Base", "class", "a.md", 10),
        ("Trainer", "class", "b.md", 10),
        ("Base.name", "method", "b.md", 11),
        ("Trainer.step", "method", "b.md", 15),
        ("Trainer.more", "method", "b.md", 18),
        ("offset", "assignment", "c.md", 11),
        ("double", "function", "c.md", 12),
        ("p", "import", "d.md", 11),
        ("<print(offset)>", "statement", "d.md", 12),
    ]
    assert {each.name for each in library.symbols if each.label == "sec_c"} == {"offset", "double"}


@pytest.mark.parametrize(
    ("source", "suggestion"),
    [
        ("a = d2l.offest", "did you mean 'offset'?"),
        ("@add_to_class(Trayner)\ndef f(self): pass", "did you mean 'Trainer'?"),
        ("@add_to_class(Late)\ndef f(self): pass", "it is saved later, at z.md:10"),
        ("offset = 2", "give one of them another name, or save only one"),
    ],
)
def test_suggestions(source: str, suggestion: str) -> None:
    start = cell("#@save\nimport sys\nd2l = sys.modules[__name__]\noffset = 1\nclass Trainer: pass")
    end = cell("class Late: pass  #@save", "z.md")
    library = extract([start, cell(f"#@save\n{source}"), end], MODULE)
    assert [each.suggestion for each in library.diagnostics] == [suggestion]


def test_prose_and_cell_positions_do_not_change_the_text() -> None:
    moved = [type(each)(each.path, each.label, each.source, ()) for each in cells(TRAINER)]
    assert extract(moved, MODULE).text == extract(cells(TRAINER), MODULE).text


def test_nothing_saved() -> None:
    library = extract([], MODULE)
    assert (library.symbols, library.diagnostics) == ((), ())
    assert all(line.startswith("#") for line in library.text.splitlines())


SNIPPETS = """\
#@save
x = 1  #@save
d2l = sys.modules[__name__]
import sys
from a import b, c as d
from __future__ import annotations
global x
class A(B):  #@save
class A: pass
class B:
    def f(self):
        x = '''
        '''
    return d2l.x
  y = \\
@d2l.add_to_class(A)
@add_to_class(d2l.B)  #@save
@(lambda f: [y := 1 for _ in f])
def f(self, a=x):
async def g(): await x
    nonlocal __class__
    pass
\tpass
\x0cdef h(): pass
%matplotlib inline
x = !ls; ls
if x:
    x.y = x[0] = (
)
del x; y = 2; z = (3,
try: import q
except E as e: q = None

"""
LINES = st.sampled_from(SNIPPETS.split("\n"))
CELLS = st.lists(st.lists(LINES, max_size=12).map("\n".join) | st.text(), max_size=4)


@settings(max_examples=400, deadline=None)
@given(CELLS, st.booleans())
def test_any_text_gives_a_library(sources: list[str], marked: bool) -> None:
    marks = "#@save\n" if marked else ""
    found = [cell(marks + source, f"{index}.md") for index, source in enumerate(sources)]
    library = extract(found, MODULE)
    compile(library.text, "library", "exec")
    assert library == extract(found, MODULE)
    graph = SymbolGraph(library)
    named = {each.name for each in library.symbols if each.kind != "method"}
    assert {each for each in graph.names if not each.startswith("<")} <= named
    assert graph.closure(named) <= graph.names
    for each in library.diagnostics:
        assert each.line >= 10 and each.column >= 1


@settings(max_examples=200, deadline=None)
@given(CELLS)
def test_formatting_is_stable(sources: list[str]) -> None:
    """A library saved as a cell of a book gives the same definitions again."""
    library = extract([cell(f"#@save\n{source}") for source in sources], MODULE)
    definitions = [ast.dump(each) for each in ast.parse(library.text).body if hasattr(each, "name")]
    blocks = library.text.split("\n\n\n")
    again = extract([cell(f"#@save\n{block}") for block in blocks], MODULE)
    if not [each for each in again.diagnostics if each.code == "invalid-python"]:
        repeated = [ast.dump(each) for each in ast.parse(again.text).body if hasattr(each, "name")]
        assert repeated == definitions
