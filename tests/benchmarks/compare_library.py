"""Compare two library modules name by name: `python compare_library.py OURS THEIRS`.

For every public name the syntax trees of the last definitions are compared, docstrings and the
order of a class's methods aside; a later method of a class replaces an earlier one, as it does when
Python runs the class. Prints each difference; exit status 1 if there is one.
"""

from __future__ import annotations

import ast
import difflib
import sys
import warnings
from pathlib import Path

Definition = list[str]


def definitions(path: Path) -> dict[str, Definition]:
    """Return each public name of a module with the lines of its normalized definition."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(path.read_text(encoding="utf-8"))
    found: dict[str, Definition] = {}
    for node in tree.body:
        for name, definition in _defined(node):
            if not name.startswith("_"):
                found[name] = definition
    return found


def _defined(node: ast.stmt) -> list[tuple[str, Definition]]:
    match node:
        case ast.Import(names=names):
            return [
                (each.asname or each.name.partition(".")[0], [f"import {each.name}"])
                for each in names
            ]
        case ast.ImportFrom(names=names, module=module, level=level):
            source = "." * level + (module or "")
            return [
                (each.asname or each.name, [f"from {source} import {each.name}"]) for each in names
            ]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return [(name, _lines(node))]
        case ast.ClassDef(name=name):
            return [(name, _class(node))]
        case ast.Assign(targets=targets, value=value):
            names = [each.id for target in targets for each in ast.walk(target) if _is_name(each)]
            return [(name, [f"= {ast.unparse(value)}"]) for name in names]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [(name, _lines(node))]
    return []


def _is_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _class(node: ast.ClassDef) -> Definition:
    """Return the head of a class, its statements, and its last methods sorted by name."""
    methods: dict[str, Definition] = {}
    rest: Definition = []
    for each in node.body:
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            methods[each.name] = _lines(each)
        elif not _is_text(each):
            rest += _lines(each)
    head = [*map(ast.unparse, node.decorator_list), f"class {node.name}"]
    head += [ast.unparse(each) for each in (*node.bases, *node.keywords)]
    return [*head, *rest, *(line for name in sorted(methods) for line in methods[name])]


def _lines(node: ast.stmt) -> Definition:
    for each in ast.walk(node):
        body = getattr(each, "body", None)
        if isinstance(body, list):
            each.body = [inner for inner in body if not _is_text(inner)] or [ast.Pass()]
    return ast.unparse(node).split("\n")


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def compare(ours: Path, theirs: Path) -> tuple[int, list[str]]:
    """Return how many names both modules define alike, and the differences as lines."""
    mine, other = definitions(ours), definitions(theirs)
    same = 0
    found = []
    for name in sorted(mine.keys() | other.keys()):
        if name not in mine:
            found.append(f"{name}: only in {theirs}: {other[name][0]}")
        elif name not in other:
            found.append(f"{name}: only in {ours}: {mine[name][0]}")
        elif mine[name] != other[name]:
            lines = difflib.unified_diff(other[name], mine[name], lineterm="", n=1)
            found += [f"{name}: differs", *(f"    {line}" for line in list(lines)[2:])]
        else:
            same += 1
    return same, found


def main(arguments: list[str]) -> int:
    """Compare the two files that ``arguments`` name."""
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    same, found = compare(*map(Path, arguments))
    print(f"{same} names alike")
    for line in found:
        print(line)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
