"""Whether the names in a library's code are there, and in time."""

from __future__ import annotations

import ast
import builtins
import copy
from collections.abc import Iterator

import attrs

from polybook.library.assembly import Assembly, Unit, added_to
from polybook.library.imports import Import
from polybook.library.saved import SavedStatement
from polybook.library.scope import Scope, bind_all, bind_node
from polybook.library.uses import Use, Uses
from polybook.source.diagnostic import Diagnostic
from polybook.source.suggestion import did_you_mean


def check_names(assembly: Assembly, module: str) -> list[Diagnostic]:
    """Return what is wrong with the names that the library uses.

    Errors are a name of the library that it does not define, or not before it is needed, and any
    other name without which the import of the library fails. A warning is an unknown name in the
    body of a function.
    """
    scope = Scope()
    for statement in assembly.imports.values():
        bind_node(scope, statement.node)
    first = dict.fromkeys(scope.bindings, -1)
    for index, unit in enumerate(assembly.units):
        bind_all(scope, [unit.statement.node], own=module)
        for name in unit.names:
            first.setdefault(name, index)
    lazy = Import("__future__", "annotations", None) in assembly.imports
    found: list[tuple[int, SavedStatement, Use]] = []
    known = set(first)
    for index, unit in enumerate(assembly.units):
        for statement, node in pieces(unit):
            uses = Uses(scope, module, is_module=True, lazy_annotations=lazy)
            uses.visit(node)
            known |= uses.stored
            found += [(index, statement, use) for use in uses.uses if _reads(use)]
    problems = []
    missing: set[tuple[str, bool]] = set()
    for index, statement, use in found:
        if use.name not in known:
            # A name that stands for the module may be in every line: once is enough.
            again = use.through is None and (use.name, use.deferred) in missing
            if not scope.stars and not again and not _is_given(use):
                missing.add((use.name, use.deferred))
                problems.append(_unresolved(statement, use, known))
        elif not use.deferred and use.name in first:
            # A definition is there only when all of it has been evaluated; another statement
            # may well read what it has bound just before.
            whole = assembly.units[index].kind in ("function", "class")
            if first[use.name] >= index + (not whole):
                definition = assembly.units[first[use.name]].statement
                problems.append(_too_late(statement, use, definition))
    return problems


def pieces(unit: Unit) -> Iterator[tuple[SavedStatement, ast.stmt]]:
    """Yield the statements of a unit as they are evaluated in the library, methods without their
    ``add_to_class``."""
    yield unit.statement, unit.statement.node
    for method in unit.methods.values():
        node = copy.copy(method.node)
        drop = {index for index, _ in added_to(node)}
        kept = [each for index, each in enumerate(node.decorator_list) if index not in drop]
        node.decorator_list = kept
        yield method, node


def _reads(use: Use) -> bool:
    return isinstance(getattr(use.node, "ctx", None), ast.Load | None)


def _is_given(use: Use) -> bool:
    """Say whether every module has this name, or, when it is used bare, Python itself."""
    is_special = use.name.startswith("__") and use.name.endswith("__")
    return is_special or (use.through is None and hasattr(builtins, use.name))


def _unresolved(statement: SavedStatement, use: Use, known: set[str]) -> Diagnostic:
    name = f"{use.through}.{use.name}" if use.through else use.name
    problem = statement.problem(
        use.node,
        "unresolved-library-name",
        f"the saved code uses `{name}`, which is not saved anywhere",
        did_you_mean(use.name, sorted(known)) or "mark its definition or import with `#@save`",
    )
    # Without it the module cannot be imported, or not be what `d2l.name` promises; a bare name
    # in a function's body fails only when the function is called.
    harmless = use.deferred and use.through is None
    return attrs.evolve(problem, severity="warning" if harmless else "error")


def _too_late(statement: SavedStatement, use: Use, definition: SavedStatement) -> Diagnostic:
    name = f"{use.through}.{use.name}" if use.through else use.name
    place = f"{definition.cell.path}:{definition.line}"
    return statement.problem(
        use.node,
        "saved-too-late",
        f"`{name}` is needed here when the library is imported, but it is defined only at {place}",
        "save its definition earlier in the book",
    )
