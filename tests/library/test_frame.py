"""The hand-written head of a library, and the aliases at its end."""

from __future__ import annotations

import types
from pathlib import Path

import pytest
from library_cases import findings
from resources import write_files

from polybook.book import Book, load_book
from polybook.inspection import inspection
from polybook.library import Library, SymbolGraph, libraries
from polybook.library.description import describe

CONFIG = """\
polybook:
  frameworks:
    alpha:
      library: lib.alpha
      preamble: head/alpha.py
      aliases:
        module: math
        simple: {root: sqrt, 'power(': 'pow('}
        fluent: {big: upper, joined: strip().join}
        definitions: |
            # The one
            one = 1
            size = lambda a: len(a)
    beta:
      library: lib.beta
"""
PREAMBLE = '''\
"""The head of the library."""
# What we count with.
START = 3

import sys
import os.path
from math import pi

part_Base = dict
'''
CHAPTER = '''\
# One
:label:`sec_one`

```{.python .input}
#@tab all
#@save
import math, sys
book = sys.modules[__name__]
```

```{.python .input}
#@tab alpha
class Box(book.part_Base):  #@save
    """A box."""
    def __init__(self, n: int = 0, *rest, unit='cm'):
        self.n = n
    def area(self, k) -> float:
        return book.root(k) + START
    @property
    def name(self): return book.big('x')
    def _hidden(self): pass
```

```{.python .input}
#@tab alpha
@book.add_to_class(Box)  #@save
def size(self, /, a, b=1, *, c, **more):
    """Return the size."""
    return book.size([a])
def add_to_class(Class): return setattr  #@save
```
'''


@pytest.fixture
def book(tmp_path: Path) -> Book:
    files = {
        "_config.yml": CONFIG,
        "_toc.yml": "format: jb-book\nroot: index\n",
        "index.md": CHAPTER,
        "head/alpha.py": PREAMBLE,
    }
    write_files(tmp_path, files)
    return load_book(tmp_path)


def alpha(book: Book) -> Library:
    found = libraries(book)["alpha"]
    assert findings(found.diagnostics) == []
    return found


def test_the_preamble_is_the_head_and_the_aliases_are_the_end(book: Book) -> None:
    text = alpha(book).text
    head, tail = text.split("class Box")
    assert head.split("\n", 2)[2] == (
        "\nimport math\nimport os.path\nimport sys\nfrom math import pi\n\n"
        '# Defined in head/alpha.py\n"""The head of the library."""\n'
        "# What we count with.\nSTART = 3\npart_Base = dict\n\n"
        "# Defined in index.md (sec_one)\nbook = sys.modules[__name__]\n\n\n"
        "# Defined in index.md (sec_one)\n"
    )
    assert tail.endswith(
        "\n\n\n# Defined in _config.yml\n# The one\none = 1\nsize = lambda a: len(a)\n\n"
        "# Defined in _config.yml\nroot = math.sqrt\npower = math.pow\n"
        "big = lambda x, *args, **kwargs: x.upper(*args, **kwargs)\n"
        "joined = lambda x, *args, **kwargs: x.strip().join(*args, **kwargs)\n"
    )
    assert libraries(book)["alpha"].text == text


def test_the_library_runs_with_both(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("lib.alpha")
    monkeypatch.setitem(__import__("sys").modules, "lib.alpha", module)
    exec(compile(alpha(book).text, "alpha.py", "exec"), vars(module))
    box = module.Box()
    assert (box.area(4), box.name, box.size(1, c=2)) == (5.0, "X", 1)
    assert module.joined(" ,", ["a", "b"]) == "a,b"


def test_their_names_are_symbols(book: Book) -> None:
    library = alpha(book)
    symbols = {each.qualified: each for each in library.symbols}
    start, root = symbols["START"], symbols["root"]
    assert (start.kind, start.path, start.line, start.label) == (
        "assignment",
        "head/alpha.py",
        3,
        None,
    )
    assert (root.kind, root.path, root.line) == ("assignment", "_config.yml", 3)
    assert symbols["pi"].path == "head/alpha.py"
    graph = SymbolGraph(library)
    assert {"START", "root", "size", "big"} <= graph.uses("Box")
    assert graph.uses("Box.area") == {"book", "root", "START"}
    assert graph.uses("root") == {"math"}
    with pytest.raises(KeyError):
        graph.uses("Box.none")


def test_inspect_says_what_each_symbol_uses(book: Book) -> None:
    saved = {
        (each["framework"], each["kind"], each["name"]): each["uses"]
        for each in inspection(book, libraries(book))["saved"]
    }
    assert saved["alpha", "method", "size"] == ["book", "size"]
    assert saved["alpha", "assignment", "book"] == ["sys"]
    assert saved["alpha", "import", "math"] == []


def test_a_missing_preamble_is_an_error(book: Book) -> None:
    (book.folder / "head/alpha.py").unlink()
    found = libraries(book)["alpha"].diagnostics
    assert found[0].code == "missing-file"
    assert (found[0].path, found[0].line) == ("_config.yml", 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = (\n", "head/alpha.py:1:5: error: "),
        ("START = 3\npart_Base = dict\ny = missing\n", "head/alpha.py:3:5: error: "),
        ("START = 3\npart_Base = dict\nroot = 2\n", "_config.yml:3:1: error: `root` is already"),
    ],
)
def test_what_is_wrong_in_them_is_reported_where_it_stands(
    book: Book, text: str, expected: str
) -> None:
    (book.folder / "head/alpha.py").write_text(text, encoding="utf-8")
    found = findings(libraries(book)["alpha"].diagnostics)
    assert any(each.startswith(expected) for each in found), found


def test_a_library_is_described_without_running_it(book: Book) -> None:
    found = {each.symbol.qualified: each for each in describe(alpha(book))}
    assert list(found)[:3] == ["START", "part_Base", "Box"]
    assert found["START"].value == "3"
    box = found["Box"]
    assert box.parameters == ("n: int = 0", "*rest", "unit='cm'")
    assert (box.bases, box.docstring) == (("book.part_Base",), "A box.")
    area, name, size = box.members
    assert (area.parameters, area.returns, area.symbol.qualified) == (("k",), "float", "Box.area")
    assert (name.kind, name.parameters) == ("property", None)
    assert size.parameters == ("a", "b=1", "*", "c", "**more")
    assert (size.symbol.label, size.docstring) == ("sec_one", "Return the size.")
