"""The library's reference: each symbol with signature, docstring and the section that defines it.

Everything is read from the library's text; no framework is imported.
"""

from __future__ import annotations

import hashlib
from itertools import groupby

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from polybook.book.config import Framework
from polybook.library import Library
from polybook.library.description import describe
from polybook.library.documented import API, Missing, find_framework
from polybook.publish.panel import FrameworkTabs, framework_panel
from polybook.publish.project import project_of
from polybook.publish.symbol import SymbolWriter, api_id

LOGGER = logging.getLogger(__name__)
_KEY = "polybook_libraries"


def setup_api(app: Sphinx) -> None:
    """Add the directive ``polybook-api``, and read its pages again when a library changes."""
    app.add_directive(API, ApiDirective)
    app.connect("env-get-outdated", _outdated)


class ApiDirective(SphinxDirective):
    """``polybook-api``: the libraries of all frameworks in tabs, or the library of one."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the tab set, or the symbols of one framework."""
        project = project_of(self.env)
        if project.book is None:
            return []
        note_libraries(self.env)
        known = {each.name: each for each in project.book.config.frameworks if each.library}
        if self.arguments:
            name = find_framework(project.book, self.arguments[0])
            if isinstance(name, Missing):
                LOGGER.warning("%s", told(name), location=self.get_location())
                return []
            return self._library(known[name], project.libraries[name])
        if len(known) < 2:
            return [
                node
                for each in known.values()
                for node in self._library(each, project.libraries[each.name])
            ]
        tabs = FrameworkTabs()
        for each in known.values():
            panel = framework_panel(each.name, each.title)
            panel += self._library(each, project.libraries[each.name])
            tabs += panel
        return [tabs]

    def _library(self, framework: Framework, library: Library) -> list[nodes.Node]:
        """Return the symbols of a library, those of one section under its name."""
        book = project_of(self.env).book
        assert book is not None
        writer = SymbolWriter(
            book,
            self.env,
            self.state.document,
            library,
            lambda qualified: api_id(framework.name, qualified),
            says_where=False,
        )
        module = nodes.paragraph("", "", nodes.literal(library.module, library.module))
        module["classes"].append("polybook-module")
        found: list[nodes.Node] = [module]
        sections = groupby(describe(library), lambda each: (each.symbol.path, each.symbol.label))
        for _, group in sections:
            several = list(group)
            origin = writer.origin("%s", several[0].symbol)
            origin["classes"] = ["polybook-section"]
            found.append(origin)
            for each in several:
                found += writer.write(each, lambda name: True)
        return found


def told(missing: Missing) -> str:
    """Return what is missing as one line, for Sphinx's log."""
    hint = f"; {missing.suggestion}" if missing.suggestion else ""
    return f"{missing.message} [{missing.code}]{hint}"


def note_libraries(env: BuildEnvironment) -> None:
    """Remember with which libraries the current page was made."""
    env.metadata[env.docname][_KEY] = _digest(env.app)


def _digest(app: Sphinx) -> str:
    libraries = project_of(app).libraries
    # The sections count as well: the text does not tell the numbers and titles of all.
    content = [(name, each.module, each.text, each.symbols) for name, each in libraries.items()]
    return hashlib.sha256(repr(content).encode()).hexdigest()


def _outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    made = {name: data[_KEY] for name, data in env.metadata.items() if _KEY in data}
    if not made:
        return []
    now = _digest(app)
    return [name for name, digest in made.items() if digest != now and name in env.found_docs]
