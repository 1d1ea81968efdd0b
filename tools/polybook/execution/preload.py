"""Which imports of notebooks can be done before they start.

A notebook must find the modules that it imports itself and no others: with ``scipy.stats`` in
memory, ``scipy.stats`` works after a mere ``import scipy``, which fails in a new kernel. So only
what a notebook imports in any case, at the top level of a cell or of the library that it
imports, may be there before it.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Mapping

import attrs
from nbformat import NotebookNode

from polybook.library import Library

Statements = tuple[str, ...]
"""Import statements in order, each of one name and without what they imply left out."""

_MAGIC = re.compile(r"^[ \t]*[%!?]")
_FRONT_END = frozenset({"IPython", "ipykernel", "matplotlib_inline"})
"""What makes itself known to the notebook's shell, which must be there before it."""


@attrs.frozen
class Imports:
    """What a notebook imports in any case.

    Attributes:
        statements: From the environment, in the order of their execution.
        library: Whether it imports the framework's library.
    """

    statements: Statements
    library: bool


def imports(notebook: NotebookNode, library: Library | None, local: Iterable[str]) -> Imports:
    """Return what ``notebook`` imports at the top level of its cells, and through its library.

    Args:
        notebook: The notebook without outputs.
        library: Its framework's library.
        local: Packages of the book itself; they may change from run to run.
    """
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    own = [name for source in cells for name in _imports(source)]
    uses = library is not None and f"import {library.module}" in {_plain(name) for name in own}
    found = dict.fromkeys([*(_imports(library.text) if library and uses else ()), *own])
    text = "\n".join(cells)
    # A cell may write a module into its folder, which goes before the environment's.
    left_out = {*local, *_FRONT_END, *sys.stdlib_module_names}
    return Imports(
        statements=tuple(
            statement
            for statement in found
            if _root(statement) not in left_out and f"{_root(statement)}.py" not in text
        ),
        library=uses,
    )


def preloads(found: Mapping[str, Iterable[Imports]]) -> dict[str, list[Statements]]:
    """Choose what to import beforehand for the notebooks of each framework.

    Notebooks that use the library have its imports in common, which are most; the others have
    fewer, or none. What fits only one notebook is not worth a process; several that are alone
    in their kind share what they have in common.
    """
    return {
        framework: list(dict.fromkeys(_chosen(list(each)))) for framework, each in found.items()
    }


def fitting(choices: Iterable[Statements], wanted: Imports) -> Statements | None:
    """Return the most that can be imported before a notebook without it noticing."""
    fit = [one for one in choices if set(one) <= set(wanted.statements)]
    return max(fit, key=len, default=None)


def without(statements: Statements, unfit: str) -> Statements:
    """Leave out an import and those that imply it."""
    return tuple(one for one in statements if unfit != one and unfit not in _implied(one))


def _chosen(each: list[Imports]) -> Iterable[Statements]:
    kinds: dict[tuple[bool, bool], list[Imports]] = {}
    for one in each:
        kinds.setdefault((one.library, bool(one.statements)), []).append(one)
    alone = [one for kind in kinds.values() if len(kind) == 1 for one in kind]
    for kind in [*kinds.values(), alone]:
        if len(kind) > 1:
            common = set.intersection(*(set(one.statements) for one in kind))
            yield tuple(one for one in kind[0].statements if one in common)


def _imports(source: str) -> Iterable[str]:
    """Yield the imports at the top level of a cell or module, each after those it implies."""
    if source.lstrip().startswith("%%"):
        return
    lines = ["pass" if _MAGIC.match(line) else line for line in source.split("\n")]
    try:
        tree = ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in tree.body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _with_implied(f"import {alias.name}")
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                name = f"from {node.module} import {alias.name}"
                yield from _with_implied(f"import {node.module}" if alias.name == "*" else name)


def _with_implied(statement: str) -> Iterable[str]:
    yield from _implied(statement)
    yield statement


def _implied(statement: str) -> list[str]:
    """Return the imports that a statement does on its way."""
    word, module = statement.split()[:2]
    parts = module.split(".")
    count = len(parts) + (word == "from")
    return [f"import {'.'.join(parts[:end])}" for end in range(1, count)]


def _plain(statement: str) -> str:
    """Return ``import a.b`` for ``from a import b``, which may be the same module."""
    word, module, *rest = statement.split()
    return f"import {module}.{rest[-1]}" if word == "from" else statement


def _root(statement: str) -> str:
    return statement.split()[1].partition(".")[0]
