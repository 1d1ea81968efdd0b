"""The statements of a library put together: methods in their classes, each definition once."""

from __future__ import annotations

import ast
from typing import Literal

import attrs

from polybook.library.classes import ClassText, without_decorators
from polybook.library.imports import Import, imports_of
from polybook.library.saved import SavedStatement
from polybook.library.statement import DEFINITIONS, bound_names
from polybook.library.syntax import is_same
from polybook.source.diagnostic import Diagnostic
from polybook.source.suggestion import did_you_mean

UnitKind = Literal["function", "class", "assignment", "statement"]


@attrs.define(eq=False)
class Unit:
    """One statement of the module that is not an import.

    Attributes:
        kind: What it is.
        names: The names that it binds.
        statement: Where it comes from.
        methods: Of a class, the functions that were added to it, by name.
    """

    kind: UnitKind
    names: list[str]
    statement: SavedStatement
    methods: dict[str, SavedStatement] = attrs.field(factory=dict)

    @property
    def text(self) -> str:
        """The text of it, with its methods.

        Raises:
            SyntaxError: A method cannot be put into the class.
        """
        text = "\n".join([*self.statement.comments, self.statement.text])
        if not self.methods:
            return text
        body = ClassText(text)
        for name, method in self.methods.items():
            drop = [index for index, _ in added_to(method.node)]
            definition = without_decorators(method.text, drop)
            body.put(name, definition, "\n".join([defined_in(method), *method.comments]))
        return body.text


def defined_in(statement: SavedStatement) -> str:
    """Return the comment that says where a definition comes from."""
    return f"# Defined in {statement.origin}"


def added_to(node: ast.stmt) -> list[tuple[int, ast.expr]]:
    """Return number and argument of each decorator ``add_to_class(X)`` of a function."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return []
    found = []
    for index, decorator in enumerate(node.decorator_list):
        match decorator:
            case ast.Call(
                func=ast.Name(id="add_to_class") | ast.Attribute(attr="add_to_class"),
                args=[argument],
                keywords=[],
            ):
                found.append((index, argument))
    return found


@attrs.define
class Assembly:
    """Takes saved statements one after the other, in book order.

    Attributes:
        units: The statements of the module but its imports, in order.
        imports: Each imported name with the first statement that imports it.
    """

    units: list[Unit] = attrs.field(factory=list)
    imports: dict[Import, SavedStatement] = attrs.field(factory=dict)
    _defined: dict[str, SavedStatement] = attrs.field(factory=dict)
    _numbers: dict[int, int] = attrs.field(factory=dict)
    _homeless: list[tuple[SavedStatement, ast.expr, str]] = attrs.field(factory=list)

    def add(self, statement: SavedStatement) -> list[Diagnostic]:
        """Take a statement; return what is wrong with it.

        The same definition again is left out. A different one is an error, unless the earlier
        is a function that only announces the later: a docstring and ``raise NotImplementedError``.
        """
        self._numbers[id(statement)] = len(self._numbers)
        node = statement.node
        if isinstance(node, ast.Import | ast.ImportFrom):
            return self._import(statement, node)
        if classes := added_to(node):
            for _, argument in classes:
                self._method(statement, argument)
            return []
        return self._unit(statement)

    def number(self, statement: SavedStatement) -> int:
        """Return the place of a statement that was added among all of them."""
        return self._numbers[id(statement)]

    def late_classes(self) -> list[Diagnostic]:
        """Return what is wrong with the methods whose class was not there when they came."""
        classes = {unit.names[0]: unit for unit in self.units if unit.kind == "class"}
        found = []
        for statement, argument, name in self._homeless:
            suggestion = did_you_mean(name, classes, "the saved classes are")
            if name in classes:
                later = classes[name].statement
                suggestion = f"it is saved later, at {later.cell.path}:{later.line}"
            message = f"there is no saved class `{name}` to which a method could be added here"
            found.append(statement.problem(argument, "unknown-class", message, suggestion))
        return found

    def _import(
        self, statement: SavedStatement, node: ast.Import | ast.ImportFrom
    ) -> list[Diagnostic]:
        problems = []
        for each in imports_of(node):
            if each in self.imports:
                continue
            rival = None
            if each.bound != "*":
                rival = self._defined.get(each.bound)
                rivals = [other for other in self.imports if other.bound == each.bound]
                if rivals and all(each.agrees_with(other) for other in rivals):
                    rival = None
            if rival:
                problems.append(_duplicate(statement, each.bound, rival))
                continue
            self.imports[each] = statement
            self._defined.setdefault(each.bound, statement)
        return problems

    def _method(self, statement: SavedStatement, argument: ast.expr) -> None:
        name = argument.attr if isinstance(argument, ast.Attribute) else ast.unparse(argument)
        for unit in self.units:
            if unit.kind == "class" and unit.names[0] == name:
                # A later definition takes the place of an earlier one, also in book order.
                unit.methods[statement.node.name] = statement
                return
        self._homeless.append((statement, argument, name))

    def _unit(self, statement: SavedStatement) -> list[Diagnostic]:
        node = statement.node
        kind = _kind(node)
        names = bound_names(node)
        if kind != "statement":
            for name in names:
                rival = self._defined.get(name)
                if rival is not None and is_same(rival.node, node):
                    return []
                if rival is not None and kind == "function" and _is_placeholder(rival.node):
                    self.units = [unit for unit in self.units if unit.statement is not rival]
                elif rival is not None:
                    return [_duplicate(statement, name, rival)]
            self._defined.update(dict.fromkeys(names, statement))
        elif names and any(_same(unit, statement) for unit in self.units):
            return []
        self.units.append(Unit(kind, names, statement))
        return []


def _kind(node: ast.stmt) -> UnitKind:
    match node:
        case ast.ClassDef():
            return "class"
        case _ if isinstance(node, DEFINITIONS):
            return "function"
        case ast.Assign(targets=targets) if all(_is_plain(target) for target in targets):
            return "assignment"
        case ast.AnnAssign(target=ast.Name()):
            return "assignment"
    return "statement"


def _is_placeholder(node: ast.stmt) -> bool:
    """Say whether a function announces itself only: nothing but a docstring and no deed."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    for each in node.body:
        match each:
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                pass
            case ast.Raise(exc=ast.Name(id=name)) | ast.Raise(exc=ast.Call(func=ast.Name(id=name))):
                if name != "NotImplementedError":
                    return False
            case _:
                return False
    return True


def _is_plain(target: ast.expr) -> bool:
    """Say whether a target of an assignment consists of names only."""
    if isinstance(target, ast.Tuple | ast.List):
        return all(_is_plain(each) for each in target.elts)
    if isinstance(target, ast.Starred):
        return _is_plain(target.value)
    return isinstance(target, ast.Name)


def _same(unit: Unit, statement: SavedStatement) -> bool:
    return unit.kind == "statement" and is_same(unit.statement.node, statement.node)


def _duplicate(statement: SavedStatement, name: str, rival: SavedStatement) -> Diagnostic:
    return statement.problem(
        None,
        "duplicate-definition",
        f"`{name}` is already defined differently at {rival.cell.path}:{rival.line}",
        "give one of them another name, or save only one",
    )
