"""Which names of a library a piece of code uses."""

from __future__ import annotations

import ast

import attrs

from polybook.library.scope import Scope, bind_all, bind_node, function_scope, is_own_module

REFLECTION = frozenset({"eval", "exec", "globals"})
"""Built-in functions behind which any global name may hide."""
IMPORTERS = frozenset({"__import__", "import_module"})
"""Functions behind which any module may hide."""
_MODULES = frozenset({"importlib.import_module", "sys.modules"})


@attrs.frozen
class Use:
    """One use of a name.

    Attributes:
        name: The name.
        node: Where it stands.
        through: The expression before the dot, as written; None for a bare global name.
        deferred: Whether it is read only when a function is called.
    """

    name: str
    node: ast.AST
    through: str | None
    deferred: bool


class Uses(ast.NodeVisitor):
    """Reads code and notes which names of the module ``module`` it uses.

    Attributes:
        uses: The uses, in the order of evaluation: of bare global names and of names reached
            through a name that stands for the module.
        dynamic: Why it cannot be told from the text which names are used; one reason each.
        aliases: The expressions by which the code can reach the module: empty when it imports
            neither the module nor a package that holds it.
        imports_by_name: Whether the code may import a module without naming it.
        stored: Global names, and names of the module, that the code sets or asks for: they need
            not be defined elsewhere.
    """

    def __init__(
        self, scope: Scope, module: str, is_module: bool = False, lazy_annotations: bool = False
    ) -> None:
        self.uses: list[Use] = []
        self.dynamic: list[str] = []
        self.stored: set[str] = set()
        self._scope = scope
        self.aliases: set[str] = set()
        self.imports_by_name = False
        self._module = module
        self._is_module = is_module
        self._lazy = lazy_annotations
        self._deferred = False

    def generic_visit(self, node: ast.AST) -> None:
        # As the base class does, which makes a generator for each node.
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                for each in value:
                    if isinstance(each, ast.AST):
                        self.visit(each)
            elif isinstance(value, ast.AST) and name != "ctx":
                self.visit(value)

    # Names

    def visit_Name(self, node: ast.Name) -> None:
        stores = not isinstance(node.ctx, ast.Load)
        if stores and self._scope.is_class:
            bind_node(self._scope, node)
        owner = self._scope.owner(node.id)
        if owner.parent is None:
            self._use(node.id, node)
            if stores:
                self.stored.add(node.id)
        if not stores:
            if node.id in REFLECTION and node.id not in owner.bindings:
                self.dynamic.append(f"`{node.id}` can reach any name")
            if node.id in IMPORTERS and owner.parent is None:
                self._any_module(node)
            if paths := self._paths(node):
                self._passed(node, paths)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        paths = self._paths(node.value)
        self._names_in(node.value) if paths else self.visit(node.value)
        if self._module in paths:
            self._through(node.attr, node, node.value)
            if not isinstance(node.ctx, ast.Load):
                self.stored.add(node.attr)
        elif node.attr in ("import_module", "modules") and ast.unparse(node) in _MODULES:
            self._any_module(node)
        if paths := self._paths(node):
            self._passed(node, paths)

    def visit_Call(self, node: ast.Call) -> None:
        match node:
            case ast.Call(
                func=ast.Name(id="getattr" | "hasattr" | "setattr" | "delattr" as function),
                args=[ast.expr() as holder, ast.Constant(value=str(name)), *rest],
            ) if self._module in self._paths(holder):
                self._names_in(holder)
                self._through(name, node, holder)
                if function != "getattr" or rest:  # it need not be there
                    self.stored.add(name)
                for each in (node.func, *rest, *node.keywords):
                    self.visit(each)
            case _:
                self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if not is_own_module(node):
            self.generic_visit(node)
            return
        self._names_in(node.value)
        if self._is_module:
            self._passed(node, {self._module})

    # Statements whose parts are evaluated in another order than they are stored

    def visit_Assign(self, node: ast.Assign) -> None:
        names = all(isinstance(target, ast.Name) for target in node.targets)
        if names and is_own_module(node.value):
            self._names_in(node.value.value)
        elif names and self._paths(node.value):
            self._names_in(node.value)  # the new names stand for the module as well
            rest = [self._module.removeprefix(path) for path in self._paths(node.value)]
            self.aliases.update(f"{target.id}{end}" for target in node.targets for end in rest)
        else:
            self.visit(node.value)
        for target in node.targets:
            self.visit(target)
        if self._scope.is_class:
            bind_node(self._scope, node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._annotation(node.annotation)
        if node.value is not None:
            self.visit(node.value)
        self.visit(node.target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.visit(node.value)
        if isinstance(node.target, ast.Name):
            self.visit(ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target))
        self.visit(node.target)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        self.visit(node.target)
        for each in (*node.body, *node.orelse):
            self.visit(each)

    visit_AsyncFor = visit_For  # noqa: N815

    def visit_Import(self, node: ast.Import) -> None:
        if self._scope.is_class:
            bind_node(self._scope, node)
        for each in node.names:
            if self._leads(each.name):
                rest = self._module.removeprefix(each.name)
                self.aliases.add(f"{each.asname or each.name}{rest}")

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if self._scope.is_class:
            bind_node(self._scope, node)
        if node.level or not node.module or not self._leads(node.module):
            return
        for each in node.names:
            path = f"{node.module}.{each.name}"
            if each.name == "*":
                self.aliases.add(node.module)
                self.dynamic.append(f"`from {node.module} import *` may take every name")
            elif node.module == self._module:
                self.aliases.add(node.module)
                self._use(each.name, node, node.module)
            elif self._leads(path):
                self.aliases.add(f"{each.asname or each.name}{self._module.removeprefix(path)}")

    def _binds(self, node: ast.ExceptHandler | ast.pattern | ast.Global | ast.Nonlocal) -> None:
        if self._scope.is_class:
            bind_node(self._scope, node)
        self.generic_visit(node)

    visit_Global = visit_Nonlocal = _binds  # noqa: N815
    visit_ExceptHandler = visit_MatchAs = visit_MatchStar = visit_MatchMapping = _binds  # noqa: N815

    # Scopes

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for each in node.decorator_list:
            self.visit(each)
        self._parameters(node.args)
        if node.returns is not None:
            self._annotation(node.returns)
        if self._scope.is_class:
            self._scope.bind(node.name)
        self._inside(function_scope(self._scope, node), node.body, deferred=True)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._parameters(node.args)
        self._inside(function_scope(self._scope, node), [node.body], deferred=True)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for each in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(each)
        scope = Scope(self._scope, is_class=True)
        self._inside(scope, node.body, deferred=False)
        if self._scope.is_class:
            self._scope.bind(node.name)

    def _comprehension(self, node: ast.AST) -> None:
        self.visit(node.generators[0].iter)  # evaluated outside
        scope = Scope(self._scope)
        bind_all(scope, [each.target for each in node.generators])
        results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        inner = []
        for index, each in enumerate(node.generators):
            inner += [each.iter] if index else []
            inner += [each.target, *each.ifs]
        self._inside(scope, [*inner, *results], deferred=False)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension  # noqa: N815

    def _inside(self, scope: Scope, body: list[ast.AST], deferred: bool) -> None:
        outer = self._scope, self._deferred
        self._scope, self._deferred = scope, self._deferred or deferred
        for each in body:
            self.visit(each)
        self._scope, self._deferred = outer

    def _parameters(self, arguments: ast.arguments) -> None:
        for each in (*arguments.defaults, *arguments.kw_defaults):
            if each is not None:
                self.visit(each)
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        for each in (*every, arguments.vararg, arguments.kwarg):
            if each is not None and each.annotation is not None:
                self._annotation(each.annotation)

    def _annotation(self, node: ast.expr) -> None:
        deferred, self._deferred = self._deferred, self._deferred or self._lazy
        self.visit(node)
        self._deferred = deferred

    # Names that stand for a module

    def _use(self, name: str, node: ast.AST, through: str | None = None) -> None:
        self.uses.append(Use(name, node, through, self._deferred))

    def _through(self, name: str, node: ast.AST, holder: ast.expr) -> None:
        self._use(name, node, ast.unparse(holder))
        if name == "__dict__":
            self.dynamic.append(f"`{ast.unparse(holder)}.__dict__` holds every name")

    def _passed(self, node: ast.expr, paths: set[str]) -> None:
        """Note that a name of the module, or of a package that holds it, is used as a value."""
        if any(self._leads(path) for path in paths):
            self.dynamic.append(f"the module `{ast.unparse(node)}` is used as a value")

    def _any_module(self, node: ast.expr) -> None:
        self.imports_by_name = True
        self.dynamic.append(f"`{ast.unparse(node)}` can reach any module")

    def _names_in(self, node: ast.expr) -> None:
        """Note the first name of ``a.b.c``, which stands for a module."""
        while isinstance(node, ast.Attribute):
            node = node.value
        if isinstance(node, ast.Name) and self._scope.owner(node.id).parent is None:
            self._use(node.id, node)

    def _paths(self, node: ast.expr) -> set[str]:
        """Return the modules for which ``node`` may stand, as far as they lead to ours."""
        first = node
        while isinstance(first, ast.Attribute):
            first = first.value
        # Nearly everything is no module, and can be seen to be none.
        if not isinstance(first, ast.Name) or not any(
            self._scope.owner(first.id).bindings.get(first.id, ())
        ):
            return set()
        return self._resolve(node, self._scope, frozenset())

    def _resolve(self, node: ast.expr, scope: Scope, seen: frozenset[tuple[int, str]]) -> set[str]:
        if isinstance(node, ast.Attribute):
            found = {f"{path}.{node.attr}" for path in self._resolve(node.value, scope, seen)}
        elif isinstance(node, ast.Name):
            owner = scope.owner(node.id)
            mark = (id(owner), node.id)
            found = set()
            for binding in () if mark in seen else owner.bindings.get(node.id, ()):
                if isinstance(binding, ast.expr):
                    found |= self._resolve(binding, owner, seen | {mark})
                elif binding:
                    found.add(binding)
        else:
            return set()
        return {path for path in found if self._leads(path)}

    def _leads(self, path: str) -> bool:
        """Say whether ``path`` is our module or a package around it."""
        return self._module == path or self._module.startswith(f"{path}.")
