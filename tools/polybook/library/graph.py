"""Which symbol of a library uses which, and which symbols a notebook uses."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

import attrs

from polybook.library.extract import Library
from polybook.library.imports import imports_of
from polybook.library.scope import Scope, bind_all
from polybook.library.statement import DEFINITIONS, acts, bound_names, statement_name
from polybook.library.syntax import MAX_DEPTH, REMEMBERED, parse, without_magics
from polybook.library.uses import Uses


class SymbolGraph:
    """The module-level names of a library and what their definitions use.

    A class is one node with all its methods. A statement that does more than bind names, such as
    ``TABLE["x"] = 1``, is a node as well, named by its beginning in ``<>``, and belongs to every
    closure: it runs when the library is imported, whatever is used of it.

    Attributes:
        names: All nodes.
    """

    def __init__(self, library: Library) -> None:
        # A method is one level deeper in its class than it was in its cell.
        body = parse(library.text, MAX_DEPTH + 1).body
        self._nodes: dict[str, list[ast.AST]] = {}
        self._always: set[str] = set()
        for node in body:
            for name, definition in _definitions(node):
                self._nodes.setdefault(name, []).append(definition)
            if acts(node):
                name = statement_name(node)
                self._nodes.setdefault(name, []).append(node)
                self._always.add(name)
        self.names = frozenset(self._nodes)
        self._ordered = tuple(
            name
            for name, nodes in self._nodes.items()
            if not all(
                isinstance(node, (*DEFINITIONS, ast.Import, ast.ImportFrom)) for node in nodes
            )
        )
        scope = Scope()
        bind_all(scope, body, own=library.module)
        self._scope, self._module = scope, library.module
        self._dynamic: dict[str, str] = {}
        self._uses = {
            name: self._used_by(nodes, name) - {name} for name, nodes in self._nodes.items()
        }

    def _used_by(self, nodes: Iterable[ast.AST], name: str) -> frozenset[str]:
        uses = Uses(self._scope, self._module, is_module=True)
        for node in nodes:
            uses.visit(node)
        if uses.dynamic:
            self._dynamic[name] = uses.dynamic[0]
            return self.names
        return frozenset(use.name for use in uses.uses) & self.names

    def uses(self, name: str) -> frozenset[str]:
        """Return the names that the definition of ``name`` uses, without ``name`` itself.

        ``name`` may be a method, such as ``Trainer.fit``. Those are all names of the library when
        the definition reaches names in a way that its text does not tell, such as
        ``getattr(d2l, name)``.

        Raises:
            KeyError: The library has no such name.
        """
        if name in self._uses:
            return self._uses[name]
        owner, _, method = name.rpartition(".")
        for member in self._members(owner):
            if member.name == method:
                return self._used_by([member], name) - {owner}
        raise KeyError(name)

    def dynamic(self, name: str) -> str | None:
        """Say why ``name`` counts as using all names, in words; None if its text tells its uses."""
        return self._dynamic.get(name)

    def _members(self, name: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
        """Return the functions and classes in the body of the class ``name``."""
        return [
            member
            for node in self._nodes[name]
            if isinstance(node, ast.ClassDef)
            for member in node.body
            if isinstance(member, DEFINITIONS)
        ]

    def closure(self, names: Iterable[str]) -> frozenset[str]:
        """Return ``names``, all that they use in turn, and what runs on every import.

        Names that the library does not have are left out.
        """
        found: set[str] = set()
        waiting = [*self._always, *(name for name in names if name in self._nodes)]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting.extend(self._uses[name])
        return frozenset(found)

    def path(self, names: Iterable[str], goal: str) -> tuple[str, ...]:
        """Return a shortest chain of uses from one of ``names`` to ``goal``, both included.

        It is empty when there is none.
        """
        before: dict[str, str | None] = {
            name: None for name in sorted(names) if name in self._nodes
        }
        waiting = [*before]
        for name in waiting:
            if name == goal:
                chain = [name]
                while (previous := before[chain[-1]]) is not None:
                    chain.append(previous)
                return tuple(reversed(chain))
            for used in sorted(self._uses[name] - before.keys()):
                before[used] = name
                waiting.append(used)
        return ()

    def in_order(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return those of ``names`` whose place in the module counts, in its order.

        They are the ones that run when the module is imported; definitions of
        functions, classes and imports may stand anywhere.
        """
        wanted = set(names)
        return tuple(name for name in self._ordered if name in wanted)

    def parts(self, name: str) -> Mapping[str, str]:
        """Return the digests of what ``name`` consists of, by qualified name.

        A class consists of its methods, such as ``Trainer.fit``, and of itself
        without them; anything else is one part. Comments, formatting and the
        place in the module do not count.

        Raises:
            KeyError: The library has no such name.
        """
        members: dict[str, list[ast.AST]] = {name: []}
        for node in self._nodes[name]:
            if isinstance(node, ast.ClassDef):
                for member in node.body:
                    if isinstance(member, DEFINITIONS):
                        members.setdefault(f"{name}.{member.name}", []).append(member)
                members[name].append(_without_members(node))
            else:
                members[name].append(node)
        return {qualified: _digest(nodes) for qualified, nodes in members.items()}


def _without_members(node: ast.ClassDef) -> ast.ClassDef:
    # A method's name keeps its place: what the class body does may depend on the order.
    body = [
        ast.Expr(ast.Constant(each.name)) if isinstance(each, DEFINITIONS) else each
        for each in node.body
    ]
    kept = {field: getattr(node, field) for field in node._fields}
    return ast.ClassDef(**{**kept, "body": body})


def _definitions(node: ast.stmt) -> Iterator[tuple[str, ast.AST]]:
    """Yield each name that a module-level statement binds, with the code that defines it."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        # Each name by itself: the statement holds others, which came from other cells.
        for each, alias in zip(imports_of(node), node.names, strict=True):
            if each.target == "*":
                continue
            single = (
                ast.Import([alias])
                if isinstance(node, ast.Import)
                else ast.ImportFrom(node.module, [alias], node.level)
            )
            yield each.bound, single
    else:
        for name in bound_names(node):
            yield name, node


def _digest(nodes: Iterable[ast.AST]) -> str:
    return hashlib.sha256("\n".join(map(ast.dump, nodes)).encode()).hexdigest()


_CELL_MAGIC = re.compile(r"\s*%%\w")


@attrs.frozen
class UsedNames:
    """What a notebook's code uses of a library.

    Attributes:
        names: The names it uses; some may not be in the library.
        dynamic: Why the text does not tell all the names it uses, or None. Then it may use all.
        module: Whether the code imports the library, or may import it, at all.
        alias: How the code calls the library, such as ``d2l``; its full name if it has none.
    """

    names: frozenset[str]
    dynamic: str | None
    module: bool
    alias: str


@lru_cache(REMEMBERED)
def _bound_by(text: str) -> Scope:
    """Return what a cell binds, by itself: most are cells of several notebooks."""
    scope = Scope()
    bind_all(scope, parse(text).body)
    return scope


def used_names(cells: Sequence[str], module: str) -> UsedNames:
    """Return which names of the library ``module`` a notebook uses.

    Args:
        cells: The notebook's code, in order; its magics are looked through for the names by
            which the code calls the library.
        module: The dotted name of the library's module.
    """
    body: list[ast.stmt] = []
    scope = Scope()
    magics: list[str] = []
    for cell in cells:
        text, masked = without_magics(cell)
        magics += masked.values()
        if 1 in masked and _CELL_MAGIC.match(masked[1]):
            magics += text.split("\n")[1:]  # Perhaps no Python; it is looked through as text.
            continue
        try:
            body += parse(text).body
            scope.bind_as(_bound_by(text))
        except SyntaxError as error:
            return UsedNames(frozenset(), f"a cell is not valid Python: {error.msg}", True, module)
    uses = Uses(scope, module)
    for node in body:
        uses.visit(node)
    names = {use.name for use in uses.uses if use.through is not None}
    if not uses.aliases and not uses.imports_by_name:
        return UsedNames(frozenset(), None, False, module)
    dynamic = [*uses.dynamic]
    for line in magics:
        for alias in sorted(uses.aliases):
            for found in re.finditer(rf"(?<![\w.]){re.escape(alias)}(?!\w)(\s*\.\s*(\w+))?", line):
                if found[2]:
                    names.add(found[2])
                else:
                    dynamic.append(f"`{line.strip()}` uses the module `{alias}` as a value")
    alias = min(uses.aliases, key=lambda each: (len(each), each), default=module)
    return UsedNames(frozenset(names), dynamic[0] if dynamic else None, True, alias)
