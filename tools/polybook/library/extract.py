"""From the saved cells of a book to the text of one Python module."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from typing import Literal

import attrs

from polybook.library.assembly import Assembly, Unit
from polybook.library.checks import check_names
from polybook.library.layout import lay_out
from polybook.library.saved import SavedCell, SavedStatement, every_statement, saved_statements
from polybook.library.statement import statement_name
from polybook.library.syntax import check_compiles, tidy
from polybook.source.diagnostic import Diagnostic

Kind = Literal["function", "class", "method", "import", "assignment", "statement"]


@attrs.frozen
class Symbol:
    """One name that the library defines, or one statement that it runs.

    Attributes:
        name: The name; for a statement that binds none, its beginning in ``<>``.
        kind: What it is.
        path: The file that defines it: a chapter, the preamble, or ``_config.yml`` for an alias.
        line: The file's line of the definition, of ``def`` or ``class`` where there is one.
        label: The label of the section that defines it.
        qualified: The name within the module: ``Trainer.fit`` for a method, else the name.
    """

    name: str
    kind: Kind
    path: str
    line: int
    label: str | None
    qualified: str


@attrs.frozen
class Library:
    """One framework's library.

    Attributes:
        module: The dotted name of the module, such as ``d2l.alpha``.
        symbols: What it defines, in book order. Methods are listed when they were added to their
            class later, and only if no still later one replaced them.
        text: The whole module; it always compiles.
        diagnostics: What is wrong with the saved cells, in book order.
    """

    module: str
    symbols: tuple[Symbol, ...]
    text: str
    diagnostics: tuple[Diagnostic, ...]


def extract(
    cells: Sequence[SavedCell],
    module: str,
    head: Sequence[SavedCell] = (),
    tail: Sequence[SavedCell] = (),
) -> Library:
    """Return the library that ``cells``, in book order, make as the module ``module``.

    Never raises: what cannot go into the library is left out and reported in the diagnostics.

    Args:
        cells: The marked cells; of these the library takes what the marks name.
        module: The dotted name of the module.
        head: Code that stands before them, taken whole.
        tail: Code that stands behind them, taken whole.
    """
    assembly = Assembly()
    diagnostics: list[Diagnostic] = []
    every = [*head, *cells, *tail]
    for number, cell in enumerate(every):
        is_marked = len(head) <= number < len(head) + len(cells)
        statements, problems = (saved_statements if is_marked else every_statement)(cell)
        diagnostics += problems
        for statement in statements:
            diagnostics += assembly.add(statement)
    diagnostics += assembly.late_classes()
    diagnostics += check_names(assembly, module)
    text, problems = _compiling_text(assembly, module)
    diagnostics += problems
    order = {path: index for index, path in enumerate(dict.fromkeys(cell.path for cell in every))}
    diagnostics.sort(key=lambda each: (order[each.path], each))
    return Library(module, tuple(_symbols(assembly)), text, tuple(dict.fromkeys(diagnostics)))


def _compiling_text(assembly: Assembly, module: str) -> tuple[str, list[Diagnostic]]:
    """Return the module's text, without the units that it does not compile with.

    Each statement compiles by itself, but not necessarily beside the others: ``global x`` may
    stand behind a use of ``x``, a method's default may be allowed only outside a class.
    """
    pieces = []
    problems = []

    def leave_out(unit: Unit, error: SyntaxError) -> None:
        message = f"this does not compile in the library: {error.msg}"
        problems.append(unit.statement.problem(None, "invalid-python", message))
        assembly.units.remove(unit)

    for unit in list(assembly.units):
        try:
            pieces.append((unit, tidy(unit.text)))
        except SyntaxError as error:
            leave_out(unit, error)
    while True:
        text, rows = lay_out(assembly, pieces, module)
        try:
            check_compiles(text)
            return text, problems
        except SyntaxError as error:
            if not pieces:
                raise
            at = max(bisect.bisect_right(rows, error.lineno or 1) - 1, 0)
            leave_out(pieces.pop(at)[0], error)


def _symbols(assembly: Assembly) -> list[Symbol]:
    found: list[tuple[int, Symbol]] = []

    def add(statement: SavedStatement, kind: Kind, name: str, qualified: str = "") -> None:
        symbol = Symbol(
            name, kind, statement.cell.path, statement.line, statement.cell.label, qualified or name
        )
        found.append((assembly.number(statement), symbol))

    for imported, statement in assembly.imports.items():
        add(statement, "import", imported.bound)
    for unit in assembly.units:
        for name in unit.names or [statement_name(unit.statement.node)]:
            add(unit.statement, unit.kind, name)
        for name, method in unit.methods.items():
            add(method, "method", name, f"{unit.names[0]}.{name}")
    symbols = [symbol for _, symbol in sorted(found, key=lambda pair: pair[0])]
    # `import os` and `import os.path` bind one name.
    return list({(each.kind, each.qualified): each for each in reversed(symbols)}.values())[::-1]
