"""A library as its reader sees it: names, signatures and docstrings, taken from its text."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache

import attrs

from polybook.library.extract import Library, Symbol
from polybook.library.scope import is_own_module
from polybook.library.statement import DEFINITIONS
from polybook.library.syntax import MAX_DEPTH, parse

_VALUE_LENGTH = 60


@attrs.frozen
class Description:
    """One name of a library.

    Attributes:
        symbol: What the library knows of it. A method that came with its class has the class's
            chapter, line and label.
        kind: ``class``, ``function``, ``method``, ``property`` or ``data``.
        parameters: Those of a function as written, without ``self``; for a class, those of its
            own ``__init__``; None where there is nothing to call.
        returns: The annotation of what it returns, or empty.
        bases: The base classes of a class, as written.
        value: The value of a piece of data, perhaps cut short.
        docstring: Its docstring, without indentation; empty without one.
        members: The public methods of a class, in the order of its text.
    """

    symbol: Symbol
    kind: str
    parameters: tuple[str, ...] | None
    returns: str = ""
    bases: tuple[str, ...] = ()
    value: str = ""
    docstring: str = ""
    members: tuple[Description, ...] = ()


# Each directive that shows an object asks for all of its library.
@lru_cache(16)
def describe(library: Library) -> tuple[Description, ...]:
    """Return what ``library`` offers its reader, in the order of its text.

    Imports, the library's name for itself, statements that bind no single name, and names that
    begin with ``_`` are left out.
    """
    symbols = {symbol.qualified: symbol for symbol in library.symbols}
    # A method is one level deeper in its class than it was in its cell.
    body = parse(library.text, MAX_DEPTH + 1).body
    return tuple(found for node in body for found in _described(node, symbols))


def _described(node: ast.stmt, symbols: Mapping[str, Symbol]) -> Iterator[Description]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            name, made = node.name, _function
        case ast.ClassDef():
            name, made = node.name, _class
        case ast.Assign(value=value) if is_own_module(value):
            return
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            made = _data
        case _:
            return
    symbol = symbols.get(name)
    if symbol is not None and symbol.kind != "import" and not name.startswith("_"):
        yield made(node, symbol, symbols)


def _function(
    node: ast.FunctionDef | ast.AsyncFunctionDef, symbol: Symbol, symbols: Mapping[str, Symbol]
) -> Description:
    returns = ast.unparse(node.returns) if node.returns else ""
    return Description(
        symbol, "function", _parameters(node.args), returns, docstring=_docstring(node)
    )


def _class(node: ast.ClassDef, symbol: Symbol, symbols: Mapping[str, Symbol]) -> Description:
    parameters: tuple[str, ...] | None = None
    members: dict[str, Description] = {}
    for each in node.body:
        if not isinstance(each, DEFINITIONS) or isinstance(each, ast.ClassDef):
            continue
        if each.name == "__init__":
            parameters = _without_first(_parameters(each.args))
        elif not each.name.startswith("_"):
            members[each.name] = _method(each, symbol, symbols)
    return Description(
        symbol,
        "class",
        parameters,
        bases=tuple(map(ast.unparse, node.bases)),
        docstring=_docstring(node),
        members=tuple(members.values()),
    )


def _method(
    node: ast.FunctionDef | ast.AsyncFunctionDef, owner: Symbol, symbols: Mapping[str, Symbol]
) -> Description:
    qualified = f"{owner.qualified}.{node.name}"
    symbol = symbols.get(qualified) or attrs.evolve(
        owner, name=node.name, kind="method", qualified=qualified
    )
    decorators = {ast.unparse(each).rpartition(".")[2] for each in node.decorator_list}
    is_property = bool(decorators & {"property", "cached_property"})
    parameters = _parameters(node.args)
    if "staticmethod" not in decorators:
        parameters = _without_first(parameters)
    return Description(
        symbol,
        "property" if is_property else "method",
        None if is_property else parameters,
        ast.unparse(node.returns) if node.returns else "",
        docstring=_docstring(node),
    )


def _data(
    node: ast.Assign | ast.AnnAssign, symbol: Symbol, symbols: Mapping[str, Symbol]
) -> Description:
    value = " ".join(ast.unparse(node.value).split()) if node.value else ""
    if len(value) > _VALUE_LENGTH:
        value = f"{value[:_VALUE_LENGTH]}…"
    return Description(symbol, "data", None, value=value)


def _docstring(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> str:
    return (ast.get_docstring(node) or "").strip()


def _parameters(arguments: ast.arguments) -> tuple[str, ...]:
    """Return each parameter as it is written, with the ``/`` and ``*`` between them."""
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(plain) - len(arguments.defaults)) + list(arguments.defaults)
    found = [_parameter(each, default) for each, default in zip(plain, defaults, strict=True)]
    if arguments.posonlyargs:
        found.insert(len(arguments.posonlyargs), "/")
    if arguments.vararg:
        found.append(f"*{_parameter(arguments.vararg)}")
    elif arguments.kwonlyargs:
        found.append("*")
    for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        found.append(_parameter(each, default))
    if arguments.kwarg:
        found.append(f"**{_parameter(arguments.kwarg)}")
    return tuple(found)


def _without_first(parameters: tuple[str, ...]) -> tuple[str, ...]:
    """Return the parameters behind ``self``, and behind the ``/`` that ends with it."""
    rest = parameters[1:]
    return rest[1:] if rest[:1] == ("/",) else rest


def _parameter(argument: ast.arg, default: ast.expr | None = None) -> str:
    text = argument.arg
    if argument.annotation:
        text += f": {ast.unparse(argument.annotation)}"
    if default is not None:
        equals = " = " if argument.annotation else "="
        text += f"{equals}{ast.unparse(default)}"
    return text
