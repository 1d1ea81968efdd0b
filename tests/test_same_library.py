"""The book's library offers the same names and signatures in every framework."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from resources import REPOSITORY

from polybook.book import load_book

# What differs on purpose, because the frameworks' ideas differ. A name with a dot is a method.
OWN_NAMES = {
    # JAX has no loader, and compiles functions rather than methods.
    "ArrayLoader": {"jax"},
    "train_step": {"jax"},
    "eval_step": {"jax"},
    # How a framework's base class comes to `forward`: PyTorch's and MXNet's call it themselves.
    "Module.__call__": {"jax"},
    "Module.call": {"tensorflow"},
    # Each optimizer from scratch has the interface of the framework's own: what holds the
    # parameters steps, what receives gradients applies them, what receives the model updates it.
    "SGD.step": {"pytorch", "mxnet"},
    "SGD.zero_grad": {"pytorch"},
    "SGD.apply": {"tensorflow"},
    "SGD.update": {"jax"},
}
OWN_SIGNATURES = {
    # JAX has no global random generator, so whatever draws numbers receives a seed.
    "LinearRegression.__init__": {"jax"},
    "LinearRegressionScratch.__init__": {"jax"},
    "SoftmaxRegression.__init__": {"jax"},
    "SoftmaxRegressionScratch.__init__": {"jax"},
    "MLP.__init__": {"jax"},
    # Optimizers that are handed gradients need not be told the parameters before.
    "SGD.__init__": {"jax", "tensorflow"},
    # Gluon's divides the gradients by the batch size.
    "SGD.step": {"mxnet"},
}

Signatures = dict[str, str]


def signatures(source: str) -> Signatures:
    """Return what a module defines: functions and methods with their arguments, classes, names."""
    found: Signatures = {}
    for node in ast.parse(source).body:
        match node:
            case ast.ClassDef(name=name):
                found[name] = "class"
                found |= {f"{name}.{method}": arguments for method, arguments in _functions(node)}
            case ast.Assign(targets=[ast.Name(id=name)]):
                found[name] = "value"
    found |= dict(_functions(ast.parse(source)))
    return {
        name: arguments
        for name, arguments in found.items()
        if not any(part.startswith("_") and not part.endswith("__") for part in name.split("."))
    }


def _functions(node: ast.Module | ast.ClassDef) -> Iterator[tuple[str, str]]:
    for each in node.body:
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            yield each.name, f"({ast.unparse(each.args)})"


def differences(
    modules: dict[str, Signatures],
    own_names: dict[str, set[str]],
    own_signatures: dict[str, set[str]],
) -> list[str]:
    """Return a line for each name or signature that the modules do not share.

    Args:
        modules: The definitions of each framework's module.
        own_names: Names that exactly these frameworks have; a class stands for its methods.
        own_signatures: Names whose signature in these frameworks is not that of the others.
    """
    lines = []
    for name in sorted({name for module in modules.values() for name in module}):
        having = {framework for framework, module in modules.items() if name in module}
        owner = name.partition(".")[0]
        expected = own_names.get(name) or own_names.get(owner) or set(modules)
        if having != expected:
            lines.append(f"{name}: in {sorted(having)}, not in {sorted(expected)}")
        apart = own_signatures.get(name, set())
        written: dict[str, list[str]] = {}
        for framework in sorted(having - apart):
            written.setdefault(modules[framework][name], []).append(framework)
        if len(written) > 1:
            lines.append(f"{name}: {written}")
        lines += [
            f"{name}: the same in {framework} as elsewhere, though listed as its own"
            for framework in sorted(having & apart)
            if modules[framework][name] in written
        ]
    known = {name for module in modules.values() for name in module}
    lines += [
        f"{name}: listed as a difference, but nowhere defined"
        for name in sorted((own_names.keys() | own_signatures.keys()) - known)
    ]
    return lines


def test_all_frameworks_share_names_and_signatures() -> None:
    modules = {}
    for framework in load_book(REPOSITORY).config.frameworks:
        file = REPOSITORY / Path(*framework.library.split(".")).with_suffix(".py")
        modules[framework.name] = signatures(file.read_text(encoding="utf-8"))
    assert all("Trainer.fit_epoch" in module for module in modules.values())
    assert differences(modules, OWN_NAMES, OWN_SIGNATURES) == []


ONE = "class A:\n    def f(self, x, y=1): pass\n"


@pytest.mark.parametrize(
    ("other", "line"),
    [
        (
            ONE.replace("y=1", "y=2"),
            "A.f: {'(self, x, y=1)': ['one'], '(self, x, y=2)': ['other']}",
        ),
        (ONE.replace("f(", "g("), "A.f: in ['one'], not in ['one', 'other']"),
        (ONE + "def f(): pass\n", "f: in ['other'], not in ['one', 'other']"),
        (ONE + "f = 1\n", "f: in ['other'], not in ['one', 'other']"),
    ],
)
def test_a_difference_is_found(other: str, line: str) -> None:
    assert line in differences({"one": signatures(ONE), "other": signatures(other)}, {}, {})


def test_a_listed_difference_is_none() -> None:
    other = ONE.replace("y=1", "y=2") + "def f(): pass\n"
    modules = {"one": signatures(ONE), "other": signatures(other)}
    assert differences(modules, {"f": {"other"}}, {"A.f": {"other"}}) == []


def test_a_list_that_is_out_of_date_is_found() -> None:
    modules = {"one": signatures(ONE), "other": signatures(ONE)}
    assert differences(modules, {"g": {"one"}}, {"A.f": {"other"}}) == [
        "A.f: the same in other as elsewhere, though listed as its own",
        "g: listed as a difference, but nowhere defined",
    ]


def test_private_names_and_bodies_do_not_count() -> None:
    other = ONE.replace("pass", "return 1") + "def _f(): pass\n"
    assert signatures(other) == signatures(ONE)
