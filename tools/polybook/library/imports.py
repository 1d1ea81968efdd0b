"""The imports of a library: collected from all its cells, merged and sorted."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable

import attrs

WIDTH = 88
"""Longest line of an import; a longer one gets one line per name."""


@attrs.frozen
class Import:
    """One imported name.

    Attributes:
        source: The module a ``from`` imports from, with leading dots; empty for ``import x``.
        target: What is imported.
        alias: The name after ``as``, or None.
    """

    source: str
    target: str
    alias: str | None

    @property
    def bound(self) -> str:
        """The name that the import binds: ``os`` for ``import os.path``."""
        if self.alias:
            return self.alias
        return self.target if self.source else self.target.partition(".")[0]

    @property
    def clause(self) -> str:
        """The name as it stands behind ``import``."""
        return f"{self.target} as {self.alias}" if self.alias else self.target

    def agrees_with(self, other: Import) -> bool:
        """Say whether both may bind the same name: equal, or submodules of one package."""
        return self == other or not (self.source or other.source or self.alias or other.alias)


def imports_of(node: ast.Import | ast.ImportFrom) -> list[Import]:
    """Return the names that an import statement imports, in order."""
    source = ""
    if isinstance(node, ast.ImportFrom):
        source = "." * node.level + (node.module or "")
    return [Import(source, each.name, each.asname) for each in node.names]


def render_imports(imports: Iterable[Import], module: str) -> str:
    """Return import statements for the module ``module``, in sections with blank lines between.

    The sections are ``__future__``, the standard library, other packages, and ``module``'s own
    package. In each, ``import x`` stands before ``from x import y``.
    """
    merged: dict[tuple[str, str], set[Import]] = {}
    for each in imports:
        merged.setdefault((each.source, "" if each.source else each.clause), set()).add(each)
    sections: dict[int, list[tuple[tuple[bool, str, str], str]]] = {}
    for (source, clause), names in merged.items():
        name = source or clause
        order = (bool(source), name.lower(), name)
        text = _from(source, names) if source else f"import {clause}"
        section = _section(source or clause.partition(" ")[0], module)
        sections.setdefault(section, []).append((order, text))
    return "\n\n".join(
        "\n".join(text for _, text in sorted(sections[section])) for section in sorted(sections)
    )


def _section(name: str, module: str) -> int:
    package = name.partition(".")[0]
    if package == "__future__":
        return 0
    if not package or package == module.partition(".")[0]:
        return 3
    return 1 if package in sys.stdlib_module_names else 2


def _from(source: str, names: set[Import]) -> str:
    clauses = [each.clause for each in sorted(names, key=_order)]
    lines = []
    if "*" in clauses:
        clauses.remove("*")
        lines.append(f"from {source} import *")
    if clauses:
        line = f"from {source} import {', '.join(clauses)}"
        if len(line) > WIDTH:
            line = "\n".join(
                [f"from {source} import (", *(f"    {each}," for each in clauses), ")"]
            )
        lines.append(line)
    return "\n".join(lines)


def _order(each: Import) -> tuple[int, str, str]:
    """Sort constants, then classes, then the rest, as isort does."""
    name = each.target
    rank = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return rank, name.lower(), each.clause
