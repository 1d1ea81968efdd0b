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
from polybook.library.description import Description, describe
from polybook.publish.api import note_libraries
from polybook.publish.project import project_of
from polybook.publish.symbol import SymbolWriter
from polybook.source.suggestion import did_you_mean

LOGGER = logging.getLogger(__name__)


def setup_autodoc(app: Sphinx) -> None:
    """Register the directives once it is known whether Sphinx's autodoc is loaded."""
    app.connect("config-inited", _register)


def _register(app: Sphinx, config: Config) -> None:
    if "sphinx.ext.autodoc" not in app.extensions:
        app.add_directive("autoclass", AutoObject, override=True)
        app.add_directive("autofunction", AutoObject, override=True)
        app.add_directive("automodule", AutoModule, override=True)


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

    def find(self, module: str) -> Library | None:
        """Return the book's library whose module is ``module``."""
        libraries = project_of(self.env).libraries
        return next((each for each in libraries.values() if each.module == module), None)

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

    def missing(self, name: str, known: list[str]) -> list[nodes.Node]:
        """Warn of a name that no library of the book has."""
        hint = did_you_mean(name, known)
        LOGGER.warning(
            "the book's libraries have no '%s' [unresolved-library-name]%s",
            name,
            f"; {hint}" if hint else "",
            location=self.get_location(),
        )
        return []


class AutoObject(_Auto):
    """``autoclass`` and ``autofunction``."""

    def run(self) -> list[nodes.Node]:
        """Return one class or function of a library."""
        # A signature may stand behind the name; the library's own is shown.
        name = self.arguments[0].partition("(")[0].strip()
        module = self.env.ref_context.get("py:module")
        known: list[str] = []
        for path, rest in _splits(name, module):
            library = self.find(path)
            if library is None:
                continue
            found = {each.symbol.qualified: each for each in _flat(describe(library))}
            if rest in found:
                return self.writer(library).write(found[rest], self.members())
            known = list(found)
        return self.missing(name, known)


def _splits(name: str, module: str | None) -> list[tuple[str, str]]:
    """Return how ``name`` may be read: as a module and a name in it."""
    parts = name.split(".")
    found = [(".".join(parts[:at]), ".".join(parts[at:])) for at in range(len(parts) - 1, 0, -1)]
    return [(module, name), *found] if module else found


def _flat(described: tuple[Description, ...]) -> list[Description]:
    return [each for one in described for each in (one, *one.members)]


class AutoModule(_Auto):
    """``automodule``: with ``:members:`` all symbols of a library."""

    def run(self) -> list[nodes.Node]:
        """Return the symbols of a library."""
        module = self.arguments[0].strip()
        library = self.find(module)
        if library is None:
            return self.missing(module, [each.module for each in self._libraries()])
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

    def _libraries(self) -> list[Library]:
        return list(project_of(self.env).libraries.values())
