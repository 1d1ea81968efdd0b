"""What other pages need of a page's tree: its sections, and what is numbered.

Sphinx loads a page's whole tree to number its figures, for each page in each build, and for each
reference to one of its numbers. Skeletons are small enough to stay in the environment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

# What is kept of them beside what tells what they are and what they are called.
_PARTS = (nodes.title, nodes.caption)
_KNOWN = (nodes.figure, nodes.table, nodes.container, nodes.math_block)


def setup_skeleton(app: Sphinx) -> None:
    """Keep the skeleton of each page that is read, and count by them."""
    app.connect("doctree-read", _keep, priority=995)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)
    # Around everything that counts.
    app.connect("env-get-updated", _begin, priority=1)
    app.connect("env-get-updated", _end, priority=999)
    app.connect("builder-inited", _refer_by_skeletons)


def skeletons(env: BuildEnvironment) -> dict[str, nodes.document]:
    """Return the skeleton of each page that has been read."""
    if not hasattr(env, "polybook_skeletons"):
        env.polybook_skeletons = {}  # type: ignore[attr-defined]
    return env.polybook_skeletons  # type: ignore[attr-defined, no-any-return]


def _keep(app: Sphinx, doctree: nodes.document) -> None:
    env = app.env
    domains = list(env.domains.values())

    def is_numbered(node: nodes.Element) -> bool:
        return bool(node["ids"]) and any(each.get_enumerable_node_type(node) for each in domains)

    bones = nodes.document(None, None)  # type: ignore[arg-type]
    bones += list(_bones(doctree, is_numbered))
    # Whatever has a label is found, also where it can have no number.
    bones.ids = dict.fromkeys(doctree.ids, nodes.inline())
    for node in bones.findall():
        # Copies, of text as well, know the tree that they were copied from, which must not come
        # along.
        node.document = bones
        if isinstance(node, nodes.Element):
            bones.ids.update(dict.fromkeys(node["ids"], node))
    skeletons(env)[env.docname] = bones


def _bones(
    node: nodes.Element, is_numbered: Callable[[nodes.Element], bool]
) -> Iterator[nodes.Element]:
    """Yield copies of the sections, tables of contents and numbered things below ``node``."""
    for child in node.children:
        if not isinstance(child, nodes.Element):
            continue
        if isinstance(child, addnodes.toctree):
            yield child.copy()
        elif isinstance(child, nodes.section) or is_numbered(child):
            if not isinstance(child, (nodes.section, *_KNOWN)):
                yield child.deepcopy()
                continue
            bone = child.copy()
            bone.rawsource = ""
            for part in child.children:
                if isinstance(part, _PARTS):
                    bone += part.deepcopy()
                elif isinstance(part, nodes.literal_block):
                    # It makes a container a numbered listing.
                    bone += nodes.literal_block()
            bone += list(_bones(child, is_numbered))
            yield bone
        else:
            yield from _bones(child, is_numbered)


def _purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    skeletons(env).pop(docname, None)


def _merge(app: Sphinx, env: BuildEnvironment, docnames: list[str], other: Any) -> None:
    theirs = skeletons(other)
    skeletons(env).update({name: theirs[name] for name in docnames if name in theirs})


@contextmanager
def by_skeletons(env: BuildEnvironment) -> Iterator[None]:
    """Hand out skeletons where trees are asked for."""
    _useskeletons(env)
    try:
        yield
    finally:
        _use_trees(env)


def _useskeletons(env: BuildEnvironment) -> None:
    kept, load = skeletons(env), type(env).get_doctree

    def get(docname: str) -> nodes.document:
        return kept[docname] if docname in kept else load(env, docname)

    env.get_doctree = get  # type: ignore[method-assign]


def _use_trees(env: BuildEnvironment) -> None:
    env.__dict__.pop("get_doctree", None)


def _begin(app: Sphinx, env: BuildEnvironment) -> list[str]:
    _useskeletons(env)
    return []


def _end(app: Sphinx, env: BuildEnvironment) -> list[str]:
    _use_trees(env)
    return []


def _refer_by_skeletons(app: Sphinx) -> None:
    """Let references to numbers look at skeletons."""
    standard = app.env.get_domain("std")
    resolve: Callable[..., Any] | None = getattr(standard, "_resolve_numref_xref", None)
    if resolve is None:
        return

    def resolve_number(env: BuildEnvironment, *arguments: Any) -> Any:
        with by_skeletons(env):
            return resolve(env, *arguments)

    standard._resolve_numref_xref = resolve_number  # type: ignore[method-assign]
