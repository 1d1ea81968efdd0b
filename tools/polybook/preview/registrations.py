"""What an application has registered in docutils, for there it holds for the whole process.

A new application must not find what the one before has registered; if the new one fails, the one
before goes on with it.
"""

from __future__ import annotations

from docutils.parsers.rst import directives, roles
from sphinx.util import docutils


class Registrations:
    """Nodes, directives and roles as they are registered now."""

    def __init__(self) -> None:
        # Sphinx, too, takes these from docutils' private registries; there are no others.
        self._nodes = set(docutils.additional_nodes)
        self._directives = dict(directives._directives)  # type: ignore[attr-defined]
        self._roles = dict(roles._roles)  # type: ignore[attr-defined]

    def restore(self) -> None:
        """Register them again."""
        for node in self._nodes:
            docutils.register_node(node)
        directives._directives = dict(self._directives)  # type: ignore[attr-defined]
        roles._roles = dict(self._roles)  # type: ignore[attr-defined]
