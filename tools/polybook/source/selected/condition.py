"""``tab.selected(...)`` as a condition, and what it is for a framework."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Return the calls of ``tab.selected`` in ``tree``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_selected(node.func):
            yield node


def _is_selected(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "selected"
        and isinstance(node.value, ast.Name)
        and node.value.id == "tab"
    )


def arguments(call: ast.Call) -> list[ast.Constant] | None:
    """Return the names in ``call``, one by one or in a list; ``None`` if it has others."""
    found: list[ast.Constant] = []
    for argument in call.args:
        nested = isinstance(argument, ast.List | ast.Tuple | ast.Set)
        for each in argument.elts if nested else [argument]:  # type: ignore[attr-defined]
            if not (isinstance(each, ast.Constant) and isinstance(each.value, str)):
                return None
            found.append(each)
    return found


def truth(test: ast.expr | None, framework: str) -> bool | None:
    """Return what the condition ``test`` is for ``framework``; ``None`` if that is open.

    An ``else`` has no condition, which is always true.
    """
    if test is None:
        return True
    if isinstance(test, ast.Call) and _is_selected(test.func):
        names = arguments(test)
        if names is None or test.keywords:
            return None
        return any(name.value == framework for name in names)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        operand = truth(test.operand, framework)
        return None if operand is None else not operand
    if isinstance(test, ast.BoolOp):
        values = [truth(each, framework) for each in test.values]
        decisive = isinstance(test.op, ast.Or)
        if decisive in values:
            return decisive
        return None if None in values else not decisive
    return None
