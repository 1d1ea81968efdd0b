"""Editing each symbol of a library in turn makes stale what reaches it, and says why the rest."""

from __future__ import annotations

import ast
import random
import sys
import types
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest
from resources import REPOSITORY, require
from tracing import reached, traced_module

from polybook.book import Book, Page, load_book
from polybook.execution import Key, Keys, Place, Success, run
from polybook.execution.explanation import explain
from polybook.execution.jobs import jobs
from polybook.library.collect import saved_cells
from polybook.library.saved import SavedStatement, saved_statements
from polybook.library.statement import bound_names
from polybook.notebook import code_cells
from polybook.source import parse

CONFIG = """\
title: Made
polybook:
  frameworks:
    alpha:
      library: lib.alpha
"""

SHAPES: dict[str, Callable[[str, str, str], str]] = {
    "function": lambda name, a, b: f"def {name}():  #@save\n    return lib.{a}() + 1\n",
    "branch": lambda name, a, b: (
        f"def {name}(far=False):  #@save\n    return lib.{a}() if far else lib.{b}()\n"
    ),
    "class": lambda name, a, b: (
        f"class {name}:  #@save\n    def __init__(self):\n        self.held = lib.{a}()\n\n"
        f"    def value(self):\n        return self.held\n\n    def other(self):\n"
        f"        return lib.{b}()\n"
    ),
    "constant": lambda name, a, b: f"{name} = 3  #@save\n",
    "decorated": lambda name, a, b: f"@lib.keep  #@save\ndef {name}():\n    return lib.{a}() * 2\n",
    "dynamic": lambda name, a, b: (
        f"def {name}():  #@save\n    return getattr(lib, '{a}'[:1] + '{a}'[1:])()\n"
    ),
}


def made_chapter(choose: random.Random) -> tuple[str, list[str]]:
    """Return a chapter that saves symbols which use each other, and the names of what to call."""
    cells = [
        "import sys  #@save\nlib = sys.modules[__name__]  #@save",
        "def keep(function):  #@save\n    function.kept = True\n    return function\n",
        "def f0():  #@save\n    return 1\n",
        "def f1():  #@save\n    return 2\n",
    ]
    callables = ["f0", "f1"]
    classes: list[str] = []
    for number in range(2, 46):
        a, b = choose.choice(callables), choose.choice(callables)
        shape = choose.choice([*SHAPES, "function", "function", "derived"])
        if shape == "derived" and classes:
            name, base = f"C{number}", choose.choice(classes)
            cells.append(
                f"class {name}({base}):  #@save\n    def value(self):\n"
                f"        return super().value() + lib.{a}()\n"
            )
        else:
            shape = "function" if shape == "derived" else shape
            name = {"class": f"C{number}", "constant": f"K{number}"}.get(shape, f"f{number}")
            if shape == "dynamic" and number % 3:
                shape = "function"
            cells.append(SHAPES[shape](name, a, b))
        if name.startswith("C"):
            classes.append(name)
        elif name.startswith("K"):
            wrapper = f"f{number}"
            cells.append(f"def {wrapper}():  #@save\n    return lib.{name}\n")
            callables.append(wrapper)
        else:
            callables.append(name)
    fences = "\n".join(f"```{{.python .input}}\n{cell.strip()}\n```\n" for cell in cells)
    return f"# Library\n:label:`sec_library`\n\n{fences}", [*callables, *classes]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A book whose library has more than 40 symbols, and 30 chapters that use it."""
    choose = random.Random(7)
    library, names = made_chapter(choose)
    folder = tmp_path_factory.mktemp("made")
    pages = {"index": "# Made\n", "library": library}
    for number in range(30):
        chosen = choose.sample(names, 2)
        calls = "\n".join(
            f"lib.{name}().value()" if name.startswith("C") else f"lib.{name}()" for name in chosen
        )
        pages[f"use{number}"] = (
            f"# Use {number}\n\nProse.\n\n```{{.python .input}}\nfrom lib import alpha as lib\n"
            f"# A comment.\n{calls}\n```\n"
        )
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(text)
    (folder / "_config.yml").write_text(CONFIG)
    chapters = "".join(f"  - file: {name}\n" for name in list(pages)[1:])
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: index\nchapters:\n{chapters}")
    return load_book(folder)


@attrs.frozen
class Edit:
    """A change of one symbol that changes its meaning: a line of a chapter, and the new lines."""

    name: str
    path: str
    line: int
    new: str

    def made_in(self, book: Book) -> Book:
        """Return ``book`` with the change."""
        return with_text(book, self.path, lambda lines: replaced(lines, self.line, self.new))


def replaced(lines: list[str], line: int, new: str) -> list[str]:
    return [*lines[: line - 1], new, *lines[line:]]


def with_text(book: Book, path: str, change: Callable[[list[str]], list[str]]) -> Book:
    """Return ``book`` with other lines in one chapter."""
    pages = []
    for page in book.pages:
        if page.path == path:
            text = "\n".join(change(page.chapter.text.split("\n")))
            config = book.config
            chapter = parse(text, path, config.framework_names, config.myst, config.untagged)
            pages.append(Page.of(page.entry, chapter, config))
        else:
            pages.append(page)
    return Book(book.folder, book.config, tuple(pages))


def edits(book: Book, framework: str) -> Iterator[Edit]:
    """Yield an edit of each saved definition and assignment of the library."""
    for cell in saved_cells(book, framework):
        statements, _ = saved_statements(cell)
        for statement in statements:
            if edit := edit_of(statement):
                yield edit


def edit_of(statement: SavedStatement) -> Edit | None:
    node, cell = statement.node, statement.cell
    lines = cell.source.split("\n")
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        first = node.body[0].lineno
        if first == node.lineno:
            return None
        line = lines[first - 1]
        blanks = line[: len(line) - len(line.lstrip())]
        new, row = f"{blanks}0\n{line}", first
        name = node.name
        for decorator in node.decorator_list:
            # A method that is added to a class is part of the class.
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith(
                "add_to_class"
            ):
                name = ast.unparse(decorator.args[0]).rpartition(".")[2]
        return Edit(name, cell.path, cell.line(row), new)
    if isinstance(node, ast.Assign) and not isinstance(node.value, ast.Subscript):
        line = lines[node.lineno - 1]
        head, sign, value = line.partition("= ")
        (name,) = bound_names(node)
        return Edit(name, cell.path, cell.line(node.lineno), f"{head}{sign}0 or {value}")
    return None


def stale_after(edit: Edit, book: Book, before: dict[tuple[str, str], Key]) -> dict[str, str]:
    """Return the pages that the edit makes stale, with the reasons."""
    changed = edit.made_in(book)
    keys = Keys.of(changed)
    found = {}
    for page in changed.pages:
        for framework in page.frameworks:
            if (page.path, framework) in before:
                changes = keys.key(page, framework).changes(before[page.path, framework])
                if changes:
                    found[f"{page.path} {framework}"] = "; ".join(
                        explain(keys, page, framework, change) for change in changes
                    )
    return found


def keys_of(book: Book) -> dict[tuple[str, str], Key]:
    keys = Keys.of(book)
    return {
        (page.path, framework): keys.key(page, framework)
        for page in book.pages
        for framework in page.frameworks
        if code_cells(book, page, framework)
    }


def compare(
    book: Book, framework: str, traced: dict[str, frozenset[str]], least: int
) -> Counter[str]:
    """Edit each symbol; assert that all that reached it is stale; count what is stale besides.

    Args:
        book: The book.
        framework: One of its frameworks.
        traced: The symbols that each notebook reached, by page.
        least: How many symbols there are at least.
    """
    before = {pair: key for pair, key in keys_of(book).items() if pair[1] == framework}
    every = list(edits(book, framework))
    assert len({edit.name for edit in every}) >= least
    beyond: Counter[str] = Counter()
    missed = []
    for edit in every:
        stale = stale_after(edit, book, before)
        for page, symbols in traced.items():
            reasons = stale.get(f"{page} {framework}")
            if edit.name in symbols and reasons is None:
                missed.append((edit.name, page))
            elif edit.name not in symbols and reasons is not None and page != edit.path:
                assert f".{edit.name}" in reasons, reasons
                beyond[kind_of(reasons)] += 1
                print(f"{page} ({framework}) is stale without need: {reasons}")
    assert missed == []
    return beyond


def kind_of(reasons: str) -> str:
    if "may use all of the library" in reasons:
        return "the text does not tell which names are used"
    if "used through" in reasons:
        return "what uses it was not reached, or a part of a class was not"
    return "it is named and was not reached"


def trace_in_process(book: Book) -> dict[str, frozenset[str]]:
    """Run each notebook of a book without a framework, and return what it reached."""
    keys = Keys.of(book)
    library, graph = keys.libraries["alpha"], keys.graphs["alpha"]
    found = {}
    for page in book.pages:
        code = "\n".join(each.source for each in code_cells(book, page, "alpha"))
        if "from lib" not in code:
            continue
        package, module = types.ModuleType("lib"), types.ModuleType("lib.alpha")
        module.__file__ = "alpha.py"
        sys.modules.update({"lib": package, "lib.alpha": module})
        try:
            exec(traced_module(library.text), vars(module))
            package.alpha = sys.modules["lib.alpha"]
            exec(code, {})
            found[page.path] = reached(sys.modules["lib.alpha"]._report(), graph.names)
        finally:
            sys.setprofile(None)
            del sys.modules["lib"], sys.modules["lib.alpha"]
    return found


def test_each_symbol_of_a_made_book_stales_what_reaches_it(made: Book) -> None:
    traced = trace_in_process(made)
    assert len(traced) == 30
    assert sum(map(len, traced.values())) > 100
    beyond = compare(made, "alpha", traced, least=40)
    print("stale without need:", dict(beyond))
    # What a branch leaves out, and what `getattr` might have named, is over-approximated.
    assert set(beyond) <= {
        "the text does not tell which names are used",
        "what uses it was not reached, or a part of a class was not",
    }


def test_prose_and_comments_of_a_made_book_stale_nothing(made: Book) -> None:
    before = keys_of(made)
    for page in made.pages:
        edited = with_text(
            made,
            page.path,
            lambda lines: (
                [
                    line.replace("Prose.", "Other prose.").replace("# A comment.", "# Another.")
                    + ("  # said" if line.startswith("    return") else "")
                    for line in ["", "More prose.", "", *lines]
                ]
                if page.path != "index.md"  # noqa: B023
                else lines
            ),
        )
        assert edited.pages != made.pages
        assert keys_of(edited) == before


@pytest.mark.book
@pytest.mark.parametrize("framework", ["pytorch", "jax", "tensorflow", "mxnet"])
def test_each_symbol_of_our_book_stales_what_reaches_it(framework: str, tmp_path: Path) -> None:
    book = load_book(REPOSITORY)
    keys = Keys.of(book)
    environment = keys.environments[framework]
    require(environment.is_ready(), "the book's environments (`make env`)")
    library = tmp_path / "library"
    module = book.config.framework(framework).library
    for file in (REPOSITORY / "d2l").glob("*.py"):
        target = library / "d2l" / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.read_text())
    traced_file = library / book.config.framework(framework).library_path
    traced_file.write_text(traced_module(keys.libraries[framework].text))
    traced = {}
    # Each section in one of the frameworks: tracing runs the notebooks once more.
    number, count = (names := book.config.framework_names).index(framework), len(names)
    for job in jobs(book, keys, framework)[number::count]:
        notebook = job.notebook
        if module.rpartition(".")[0] not in "".join(cell.source for cell in notebook.cells):
            continue
        last = notebook.cells[-1].copy()
        last.update(
            id="report",
            source=f"import {module} as _m, sys\nprint(sys.modules[{module!r}]._report())",
        )
        last.metadata = {"polybook": {"lines": [1, 1]}}
        notebook.cells.append(last)
        work = tmp_path / f"work{len(traced)}"
        work.mkdir()
        place = Place(environment=environment, library=library, work=work)
        result = run(job, place, report=lambda event: None)
        assert isinstance(result, Success), result
        text = result.notebook.cells[-1].outputs[-1].text
        traced[job.page] = reached(text, keys.graphs[framework].names)
    assert len(traced) >= 4
    beyond = compare(book, framework, traced, least=12)
    print("stale without need:", dict(beyond))
