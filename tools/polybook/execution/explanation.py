"""Why a notebook is stale, in words."""

from __future__ import annotations

from polybook.book import Page
from polybook.execution.key import Change
from polybook.execution.keys import ORDER, Keys
from polybook.library import SymbolGraph

_WHAT = {"changed": "changed", "new": "is new", "gone": "is gone"}


def explain(keys: Keys, page: Page, framework: str, change: Change) -> str:
    """Say what ``change`` is and how the notebook depends on it.

    For example: ```d2l.Trainer.fit` changed, used through `d2l.train```.
    """
    what = _WHAT[change.what]
    match change.kind:
        case "symbol":
            return _symbol(keys, page, framework, change, what)
        case "environment":
            return "the locked environment changed"
        case "data":
            return f"the data in {change.name} {what}"
        case "need" if change.name == "warnings":
            return "what happens to warnings changed"
        case "need":
            return f"the number of {change.name} changed"
        case "runner":
            return "polybook runs notebooks in another way"
        case _:
            return f"{change.kind} {change.name} {what}"


def _symbol(keys: Keys, page: Page, framework: str, change: Change, what: str) -> str:
    qualified = change.name
    if qualified == ORDER:
        return "the list of the library's statements that run when it is imported changed"
    graph, used = keys.graphs.get(framework), keys.used(page, framework)
    if graph is None or used is None:
        return f"`{qualified}` {what}"
    said = f"`{used.alias}.{qualified}` {what}"
    if change.what == "gone":
        return said
    name = _owner(graph, qualified)
    if used.dynamic:
        return f"{said}; the notebook may use all of the library: {used.dynamic}"
    chain = graph.path(used.names, name)
    if not chain:
        runs = name in graph.names
        return f"{said}, which runs whenever the library is imported" if runs else said
    if len(chain) == 1:
        return said
    for link in chain[:-1]:
        if reason := graph.dynamic(link):
            return f"{said}; `{used.alias}.{link}` may use all of the library: {reason}"
    return f"{said}, used through `{used.alias}.{chain[0]}`"


def _owner(graph: SymbolGraph, qualified: str) -> str:
    """Return the node of the graph to which a part such as ``Trainer.fit`` belongs."""
    owner = qualified.rpartition(".")[0]
    return owner if owner in graph.names and qualified not in graph.names else qualified
