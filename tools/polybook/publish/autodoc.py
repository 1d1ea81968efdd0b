"""Autodoc's directives for the book's own libraries, without importing them.

Sphinx's autodoc would need every framework on the machine that renders. Where the book loads it
nevertheless, it has these directives to itself.
"""

from __future__ import annotations

from collections.abc import Callable

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from polybook.library import Library
from polybook.library.description import describe
from polybook.library.documented import MODULE, OBJECTS, Missing, find_module, find_object
from polybook.publish.api import note_libraries, told
from polybook.publish.project import project_of
from polybook.publish.symbol import SymbolWriter

LOGGER = logging.getLogger(__name__)


def setup_autodoc(app: Sphinx) -> None:
    """Register the directives once it is known whether Sphinx's autodoc is loaded."""
    app.connect("config-inited", _register)


def _register(app: Sphinx, config: Config) -> None:
    if "sphinx.ext.autodoc" not in app.extensions:
        for name in OBJECTS:
            app.add_directive(name, AutoObject, override=True)
        app.add_directive(MODULE, AutoModule, override=True)


def _names(argument: str | None) -> list[str]:
    return [name.strip() for name in (argument or "").split(",") if name.strip()]


class _Auto(SphinxDirective):
    """What the directives share."""

    required_arguments = 1
    has_content = True
    # Autodoc's other options change nothing here.
    option_spec = {  # noqa: RUF012
        "members": _names,
        "exclude-members": _names,
        **dict.fromkeys(
            ("undoc-members", "inherited-members", "show-inheritance", "special-members"),
            directives.unchanged,
        ),
        **dict.fromkeys(("member-order", "noindex", "no-index"), directives.unchanged),
    }

    def members(self) -> Callable[[str], bool]:
        """Return the function that chooses members: with ``:members:`` all, or those named."""
        if "members" not in self.options:
            return lambda name: False
        wanted, unwanted = self.options["members"], self.options.get("exclude-members", ())
        return lambda name: name not in unwanted and (not wanted or name in wanted)

    def writer(self, library: Library) -> SymbolWriter:
        """Return what writes the symbols of ``library`` into this page."""
        book = project_of(self.env).book
        assert book is not None
        note_libraries(self.env)
        return SymbolWriter(
            book,
            self.env,
            self.state.document,
            library,
            lambda qualified: f"{library.module}.{qualified}",
        )

    def libraries(self) -> tuple[Library, ...]:
        """Return the book's libraries."""
        return tuple(project_of(self.env).libraries.values())

    def warn(self, missing: Missing) -> list[nodes.Node]:
        """Warn of a name that no library of the book has."""
        LOGGER.warning("%s", told(missing), location=self.get_location())
        return []


class AutoObject(_Auto):
    """``autoclass`` and ``autofunction``."""

    def run(self) -> list[nodes.Node]:
        """Return one class or function of a library."""
        module = self.env.ref_context.get("py:module")
        found = find_object(self.libraries(), self.arguments[0], module)
        if isinstance(found, Missing):
            return self.warn(found)
        library, described = found
        return self.writer(library).write(described, self.members())


class AutoModule(_Auto):
    """``automodule``: with ``:members:`` all symbols of a library."""

    def run(self) -> list[nodes.Node]:
        """Return the symbols of a library."""
        module = self.arguments[0].strip()
        library = find_module(self.libraries(), module)
        if isinstance(library, Missing):
            return self.warn(library)
        self.env.ref_context["py:module"] = module
        if "members" not in self.options:
            return []
        chosen, writer = self.members(), self.writer(library)
        return [
            node
            for each in describe(library)
            if chosen(each.symbol.name)
            for node in writer.write(each, lambda name: True)
        ]
