"""Where references and the book's index find a symbol of a library that several pages describe.

It is the first of these pages, whatever page Sphinx reads first, and in which process.
"""

from __future__ import annotations

from typing import Any

import attrs
from sphinx.application import Sphinx
from sphinx.domains.python import ObjectEntry
from sphinx.environment import BuildEnvironment


@attrs.frozen
class Described:
    """A symbol that a page describes.

    Attributes:
        name: Dotted, with the module.
        kind: ``class``, ``function`` or the like, as Sphinx's domain of Python has it.
        anchor: Where on the page.
        entry: What the book's index says.
    """

    name: str
    kind: str
    anchor: str
    entry: str


def setup_known_symbols(app: Sphinx) -> None:
    """Make the symbols known when all pages have been read."""
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)
    app.connect("env-updated", _make_known)


def described_on(env: BuildEnvironment, docname: str) -> list[Described]:
    """Return the symbols that a page describes, to be added to."""
    return _described(env).setdefault(docname, [])


def _described(env: BuildEnvironment) -> dict[str, list[Described]]:
    if not hasattr(env, "polybook_described"):
        env.polybook_described = {}  # type: ignore[attr-defined]
    return env.polybook_described  # type: ignore[attr-defined, no-any-return]


def _purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    _described(env).pop(docname, None)


def _merge(app: Sphinx, env: BuildEnvironment, docnames: set[str], other: Any) -> None:
    found = _described(other)
    _described(env).update({name: found[name] for name in docnames if name in found})


def _make_known(app: Sphinx, env: BuildEnvironment) -> list[str]:
    objects = env.get_domain("py").objects  # type: ignore[attr-defined]
    entries = env.get_domain("index").entries  # type: ignore[attr-defined]
    pages = sorted(_described(env).items())
    ours = {(docname, each.anchor) for docname, found in pages for each in found}
    known: set[str] = set()
    for docname, found in pages:
        listed = entries.setdefault(docname, [])
        for each in found:
            entry = ("single", each.entry, each.anchor, "", None)
            if entry in listed:
                listed.remove(entry)
            before = objects.get(each.name)
            if before and (before.docname, before.node_id) not in ours:
                # The author has described it by hand.
                continue
            if each.name not in known:
                known.add(each.name)
                objects[each.name] = ObjectEntry(docname, each.anchor, each.kind, False)
                listed.append(entry)
    return []
