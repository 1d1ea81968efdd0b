"""The codes of all diagnostics, read off polybook's own source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polybook

PACKAGE = Path(polybook.__file__).parent

# Classes that carry a code, and the place of the code among their arguments.
_CARRIERS: dict[str, set[int]] = {"Diagnostic": {3}, "Finding": {1}, "Failure": set()}
_CODE = re.compile(r"^[a-z]+(-[a-z0-9*]+)+$")


def codes() -> set[str]:
    """Return every code that some line of the package can give to a diagnostic.

    What a code takes from a variable, as in ``f"dangling-{key}"``, is a ``*``.

    A code is a string in the place of the argument ``code`` of a class that
    carries one, or of a function that hands its own ``code`` on to such a
    class or function. It may stand there by itself, or come from a variable
    of the same function that is given strings only.

    Raises:
        AssertionError: A code is neither; then this function, and a reader,
            cannot tell which codes there are.
    """
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in PACKAGE.rglob("*.py")]
    every = (node for tree in trees for node in ast.walk(tree))
    functions = [node for node in every if isinstance(node, ast.FunctionDef | ast.Module)]
    takers = {name: set(places) for name, places in _CARRIERS.items()}
    while found := [
        (function.name, place)
        for function in functions
        if isinstance(function, ast.FunctionDef)
        if (place := _own_code(function)) is not None and _hands_on(function, takers)
        if place not in takers.get(function.name, ())
    ]:
        # Methods of one name may have it in different places.
        for name, place in found:
            takers.setdefault(name, set()).add(place)
    result = {code for tree in trees for code in _defaults(tree)}
    for function in functions:
        for arguments in _codes_given(function, takers):
            given = [found for one in arguments if (found := _strings(one, function)) is not None]
            where = f"{getattr(function, 'name', 'a module')}: {[*map(ast.unparse, arguments)]}"
            assert given, f"no code in sight in {where}"
            result.update(*given)
    return result


def _own_code(function: ast.FunctionDef) -> int | None:
    """Return the place of the parameter ``code``, not counting ``self``."""
    names = [each.arg for each in function.args.args if each.arg != "self"]
    return names.index("code") if "code" in names else None


def _calls(function: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls in a function or module, not those in functions within it."""
    waiting = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call):
            yield node
        if not isinstance(node, ast.FunctionDef):
            waiting += ast.iter_child_nodes(node)


def _codes_given(function: ast.AST, takers: dict[str, set[int]]) -> Iterator[tuple[ast.expr, ...]]:
    """Yield, for each call of a taker, the arguments that may be its code."""
    for call in _calls(function):
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        if name not in takers:
            continue
        named = tuple(keyword.value for keyword in call.keywords if keyword.arg == "code")
        if named:
            yield named
        elif call.args and isinstance(call.args[0], ast.Starred):
            # `Diagnostic(*place, code, ...)`: what stands for path, line and column.
            yield (call.args[1],)
        elif found := tuple(call.args[at] for at in sorted(takers[name]) if at < len(call.args)):
            yield found


def _hands_on(function: ast.FunctionDef, takers: dict[str, set[int]]) -> bool:
    return any(
        isinstance(argument, ast.Name) and argument.id == "code"
        for arguments in _codes_given(function, takers)
        for argument in arguments
    )


def _defaults(tree: ast.AST) -> Iterator[str]:
    """Yield the codes that a carrier's instances have unless they say otherwise."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name in _CARRIERS:
            for line in node.body:
                is_code = getattr(getattr(line, "target", None), "id", "") == "code"
                if is_code and isinstance(line, ast.AnnAssign) and line.value is not None:
                    yield ast.literal_eval(line.value)


def _strings(argument: ast.expr, function: ast.AST) -> set[str] | None:
    """Return the codes that ``argument`` may be; ``None`` if it is no code."""
    if isinstance(argument, ast.Attribute) and argument.attr == "code":
        return set()  # Handed on from a carrier.
    own = isinstance(function, ast.FunctionDef) and _own_code(function) is not None
    if own and isinstance(argument, ast.Name) and argument.id == "code":
        return set()
    if isinstance(argument, ast.Constant):
        found = {argument.value}
    elif isinstance(argument, ast.JoinedStr):
        parts = (getattr(part, "value", "") for part in argument.values)
        found = {"".join(part if isinstance(part, str) else "*" for part in parts)}
    elif isinstance(argument, ast.Name):
        found = {
            value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign | ast.AnnAssign)
            for value in _assigned(node, argument.id)
        }
    else:
        return None
    good = found and all(isinstance(value, str) and _CODE.match(value) for value in found)
    return found if good else None


def _assigned(node: ast.Assign | ast.AnnAssign, name: str) -> Iterator[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        pairs = [(target, node.value)]
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = list(zip(target.elts, node.value.elts, strict=True))
        for left, right in pairs:
            if getattr(left, "id", "") == name and isinstance(right, ast.Constant):
                yield right.value
