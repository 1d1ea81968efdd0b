"""Which symbol of a library uses which, and which symbols a notebook uses."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping

import attrs

from polybook.library.extract import Library
from polybook.library.imports import imports_of
from polybook.library.scope import Scope, bind_all
from polybook.library.statement import DEFINITIONS, acts, bound_names, statement_name
from polybook.library.syntax import MAX_DEPTH, parse, read
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
        scope = Scope()
        bind_all(scope, body, own=library.module)
        self._uses = {
            name: self._used_by(nodes, scope, library.module) for name, nodes in self._nodes.items()
        }
        self._of_method = lambda node: self._used_by([node], scope, library.module)
        for name in self.names:
            self._uses[name] -= {name}

    def _used_by(self, nodes: Iterable[ast.AST], scope: Scope, module: str) -> frozenset[str]:
        uses = Uses(scope, module, is_module=True)
        for node in nodes:
            uses.visit(node)
        if uses.dynamic:
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
                return self._of_method(member) - {owner}
        raise KeyError(name)

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

    def digest(self, name: str) -> str:
        """Return the SHA-256, in hexadecimal digits, of the syntax tree that defines ``name``.

        Comments, formatting and the place in the module do not count.

        Raises:
            KeyError: The library has no such name.
        """
        return _digest(self._nodes[name])

    def members(self, name: str) -> Mapping[str, str]:
        """Return the digests of the methods of the class ``name``, by qualified name.

        Raises:
            KeyError: The library has no such name.
        """
        return {f"{name}.{member.name}": _digest([member]) for member in self._members(name)}


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


@attrs.frozen
class UsedNames:
    """What a notebook's code uses of a library.

    Attributes:
        names: The names it uses; some may not be in the library.
        dynamic: Why the text does not tell all the names it uses, or None. Then it may use all.
        module: Whether the code imports the library, or may import it, at all.
    """

    names: frozenset[str]
    dynamic: str | None
    module: bool


def used_names(source: str, module: str) -> UsedNames:
    """Return which names of the library ``module`` the code ``source`` uses.

    Args:
        source: All code of a notebook, in order; its magics are looked through for the names by
            which the code calls the library.
        module: The dotted name of the library's module.
    """
    code = read(source)
    try:
        tree = parse(code.text)
    except SyntaxError as error:
        return UsedNames(frozenset(), f"the code is not valid Python: {error.msg}", True)
    scope = Scope()
    bind_all(scope, tree.body)
    uses = Uses(scope, module)
    uses.visit(tree)
    names = {use.name for use in uses.uses if use.through is not None}
    if not uses.aliases and not uses.imports_by_name:
        return UsedNames(frozenset(), None, False)
    dynamic = [*uses.dynamic]
    for line in code.magics.values():
        for alias in sorted(uses.aliases):
            for found in re.finditer(rf"(?<![\w.]){re.escape(alias)}(?!\w)(\s*\.\s*(\w+))?", line):
                if found[2]:
                    names.add(found[2])
                else:
                    dynamic.append(f"`{line.strip()}` uses the module `{alias}` as a value")
    return UsedNames(frozenset(names), dynamic[0] if dynamic else None, True)
