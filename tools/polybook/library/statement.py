"""What a module-level statement of a library binds and does."""

from __future__ import annotations

import ast

from polybook.library.scope import Scope, bind_all, own_nodes

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_NAME_LENGTH = 60


def bound_names(node: ast.stmt) -> list[str]:
    """Return the names that a module-level statement binds, in order."""
    scope = Scope()
    bind_all(scope, [node])
    return list(scope.bindings)


def acts(node: ast.stmt) -> bool:
    """Say whether a statement does more than bind names: whether it may change other objects."""
    if isinstance(node, DEFINITIONS):
        return False
    for each in own_nodes([node]):
        match each:
            case ast.Expr(value=value) if not isinstance(value, ast.Constant):
                return True
            case ast.Attribute(ctx=ast.Store() | ast.Del()):
                return True
            case ast.Subscript(ctx=ast.Store() | ast.Del()):
                return True
    return not bound_names(node)


def statement_name(node: ast.stmt) -> str:
    """Return a name for a statement that binds none: its beginning, in angle brackets."""
    line = " ".join(ast.unparse(node).split())
    return f"<{line}>" if len(line) <= _NAME_LENGTH else f"<{line[:_NAME_LENGTH]}…>"
