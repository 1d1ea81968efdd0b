"""What of a page is numbered, and whether an edit has changed that.

To number a book takes as long as to read a page of it, and most edits change no heading.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.environment import BuildEnvironment

from polybook.publish.skeleton import skeletons

_NUMBERS = ("toc_secnumbers", "toc_fignumbers")
# These bear the numbers too.
_TREES = ("tocs", "titles")


class Numbered:
    """The numbered parts of a page, as they are before it is read again.

    Args:
        env: The environment.
        docname: The page.
    """

    def __init__(self, env: BuildEnvironment, docname: str) -> None:
        self._env, self._docname = env, docname
        self._kept: dict[str, Any] = {
            name: getattr(env, name).get(docname) for name in (*_NUMBERS, *_TREES)
        }
        self._form = self._now()

    def _now(self) -> list[str]:
        env, docname = self._env, self._docname
        trees = [getattr(env, name).get(docname) for name in _TREES]
        return [_form(tree) for tree in (*trees, skeletons(env).get(docname))]

    def restore(self) -> bool:
        """Give the page its numbers back if it has the same parts; tell whether it has."""
        if None in self._kept.values() or self._now() != self._form:
            return False
        for name, kept in self._kept.items():
            getattr(self._env, name)[self._docname] = kept
        return True


def _form(tree: nodes.Element | None) -> str:
    """Return what of a tree does not depend on other pages."""
    if tree is None:
        return ""
    copied = tree.deepcopy()
    for node in copied.findall(nodes.Element):
        node.attributes.pop("secnumber", None)
    return str(copied.pformat())
