"""Where names are bound: the scopes of Python code, and names that stand for a module."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

import attrs

from polybook.library.syntax import children

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

_BINDERS = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Assign,
    ast.Import,
    ast.ImportFrom,
    ast.ExceptHandler,
    ast.MatchAs,
    ast.MatchStar,
    ast.MatchMapping,
    ast.Global,
    ast.Nonlocal,
)

Binding = str | ast.expr | None
"""What a name is bound to: a module (dotted), an expression that may be one, or something else."""


@attrs.define(eq=False)
class Scope:
    """The names that one module, class, function or comprehension binds.

    A class body sees only the names that were bound above, so its bindings are filled while it is
    read; those of the other scopes are known in advance.

    Attributes:
        parent: The scope around it; None for a module.
        is_class: Whether it is a class body, which the functions in it do not see.
        bindings: What each name may be bound to.
        elsewhere: Names declared ``global`` or ``nonlocal`` in it, with True for ``global``.
        stars: The modules of ``from module import *``.
    """

    parent: Scope | None = None
    is_class: bool = False
    bindings: dict[str, list[Binding]] = attrs.field(factory=dict)
    elsewhere: dict[str, bool] = attrs.field(factory=dict)
    stars: list[str] = attrs.field(factory=list)

    def bind(self, name: str, to: Binding = None) -> None:
        """Add a binding."""
        self.bindings.setdefault(name, []).append(to)

    def bind_as(self, other: Scope) -> None:
        """Add all that ``other`` binds, as code that runs after what is bound here."""
        for name, bindings in other.bindings.items():
            self.bindings.setdefault(name, []).extend(bindings)
        self.elsewhere.update(other.elsewhere)
        self.stars += other.stars

    def owner(self, name: str) -> Scope:
        """Return the scope whose binding a use of ``name`` here reads; the module's if none has."""
        scope, first = self, True
        while scope.parent is not None:
            if scope.elsewhere.get(name):
                return scope.module
            visible = first or not scope.is_class
            if visible and name in scope.bindings and name not in scope.elsewhere:
                return scope
            scope, first = scope.parent, False
        return scope

    @property
    def module(self) -> Scope:
        """The outermost scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope


def bind_all(scope: Scope, nodes: Iterable[ast.AST], own: str | None = None) -> None:
    """Add to ``scope`` every name that ``nodes`` bind in it, not in the scopes inside.

    Args:
        scope: The scope whose body ``nodes`` are.
        nodes: Statements or expressions.
        own: The dotted name of the module that the code itself is, for which
            ``sys.modules[__name__]`` then stands; None for code that is run by itself.
    """
    for node in own_nodes(nodes):
        # Most nodes are names that are read, and their like.
        if isinstance(node, _BINDERS) or (
            isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
        ):
            bind_node(scope, node, own)


def own_nodes(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield ``nodes`` and what they contain, except what runs in a scope inside of them."""
    stack = list(nodes)[::-1]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, FUNCTIONS):
            inner = [*getattr(node, "decorator_list", ()), *_defaults(node.args)]
        elif isinstance(node, ast.ClassDef):
            inner = [*node.decorator_list, *node.bases, *node.keywords]
        elif isinstance(node, COMPREHENSIONS):
            # `:=` binds in the scope around a comprehension; its `for` does not.
            inner = [each for each in ast.walk(node) if isinstance(each, ast.NamedExpr)]
        else:
            inner = children(node)
        stack.extend(inner[::-1])


def bind_node(scope: Scope, node: ast.AST, own: str | None = None) -> None:
    """Add to ``scope`` the names that ``node`` itself binds; see `bind_all`."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            scope.bind(name)
        case ast.Assign(targets=targets, value=value) if all(
            isinstance(target, ast.Name) for target in targets
        ):
            binding: Binding = value if isinstance(value, ast.Name | ast.Attribute) else None
            if own and is_own_module(value):
                binding = own
            for target in targets:
                scope.bind(target.id, binding)
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            scope.bind(name)
        case ast.Import(names=names):
            for each in names:
                package = each.name.partition(".")[0]
                scope.bind(each.asname or package, each.name if each.asname else package)
        case ast.ImportFrom(names=names, module=source, level=level):
            for each in names:
                if each.name == "*":
                    scope.stars.append(source or "")
                else:
                    path = None if level else f"{source}.{each.name}"
                    scope.bind(each.asname or each.name, path)
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            scope.bind(name)
        case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            scope.bind(name)
        case ast.Global(names=names):
            scope.elsewhere.update(dict.fromkeys(names, True))
        case ast.Nonlocal(names=names):
            scope.elsewhere.update(dict.fromkeys(names, False))


def is_own_module(node: ast.expr) -> bool:
    """Say whether ``node`` is ``sys.modules[__name__]``."""
    match node:
        case ast.Subscript(
            value=ast.Attribute(value=ast.Name(id="sys"), attr="modules"),
            slice=ast.Name(id="__name__"),
        ):
            return True
    return False


def function_scope(parent: Scope, node: ast.AST) -> Scope:
    """Return the scope of a function's body, with its parameters."""
    scope = Scope(parent)
    arguments = node.args
    for each in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
        scope.bind(each.arg)
    for each in (arguments.vararg, arguments.kwarg):
        if each is not None:
            scope.bind(each.arg)
    bind_all(scope, node.body if isinstance(node.body, list) else [node.body])
    return scope


def _defaults(arguments: ast.arguments) -> list[ast.expr]:
    return [each for each in (*arguments.defaults, *arguments.kw_defaults) if each is not None]
