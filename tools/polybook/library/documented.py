"""What directives of a page show of the libraries: ``autoclass`` and its like, ``polybook-api``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import attrs

from polybook.book import Book, Page
from polybook.book.lint.finding import column_of
from polybook.library.description import Description, describe
from polybook.library.extract import Library
from polybook.source import Diagnostic
from polybook.source.directive import Directive
from polybook.source.suggestion import did_you_mean

API = "polybook-api"
OBJECTS = ("autoclass", "autofunction")
MODULE = "automodule"
_CURRENT = ("currentmodule", "module", "py:currentmodule", "py:module")
_AUTODOC = "sphinx.ext.autodoc"


@attrs.frozen
class Missing:
    """Why a directive shows nothing.

    Attributes:
        code: The code of the finding.
        message: What is not there.
        suggestion: What the author may have meant; empty if nothing is near.
    """

    code: str
    message: str
    suggestion: str


def find_object(
    libraries: Iterable[Library], argument: str, module: str | None
) -> tuple[Library, Description] | Missing:
    """Return the class or function that a directive names, and its library.

    Args:
        libraries: The book's.
        argument: The directive's; a signature may stand behind the name.
        module: The module whose names may stand alone.
    """
    name = argument.partition("(")[0].strip()
    known, near = [], name
    for path, rest in _splits(name, module):
        library = find_module(libraries, path)
        if isinstance(library, Library):
            found = {each.symbol.qualified: each for each in _flat(describe(library))}
            if rest in found:
                return library, found[rest]
            known, near = list(found), rest
    return _missing(name, near, known)


def find_module(libraries: Iterable[Library], module: str) -> Library | Missing:
    """Return the library whose module is ``module``."""
    modules = {library.module: library for library in libraries}
    return modules[module] if module in modules else _missing(module, module, list(modules))


def find_framework(book: Book, name: str) -> str | Missing:
    """Return the framework ``name`` if it has a library."""
    known = [each.name for each in book.config.frameworks if each.library]
    if name in known:
        return name
    mend = did_you_mean(name, known, "the frameworks with a library are")
    return Missing("unknown-framework", f"no framework '{name}' has a library", mend)


def check_documented(book: Book, libraries: Mapping[str, Library]) -> list[Diagnostic]:
    """Return the directives that name what no library of the book has."""
    return [finding for page in book.pages for finding in _of_page(book, page, libraries)]


def _of_page(book: Book, page: Page, libraries: Mapping[str, Library]) -> Iterator[Diagnostic]:
    module: str | None = None
    for directive in page.chapter.directives:
        argument = directive.argument.strip()
        if directive.name in _CURRENT:
            module = argument if argument != "None" else None
        elif argument:
            found = _shown(book, directive, argument, module, tuple(libraries.values()))
            if isinstance(found, Missing):
                place = (page.path, directive.line, column_of(page, directive))
                yield Diagnostic(*place, found.code, found.message, found.suggestion)
            elif directive.name == MODULE:
                module = argument


def _shown(
    book: Book,
    directive: Directive,
    argument: str,
    module: str | None,
    libraries: tuple[Library, ...],
) -> object:
    """Return what ``directive`` shows; ``Missing`` if it is not there."""
    if directive.name == API:
        return find_framework(book, argument)
    if _AUTODOC in book.config.extensions:
        return None  # Sphinx's own directives import what they show.
    if directive.name in OBJECTS:
        return find_object(libraries, argument, module)
    return find_module(libraries, argument) if directive.name == MODULE else None


def _missing(name: str, near: str, known: list[str]) -> Missing:
    message = f"the book's libraries have no '{name}'"
    return Missing("unresolved-library-name", message, did_you_mean(near, known))


def _splits(name: str, module: str | None) -> list[tuple[str, str]]:
    """Return how ``name`` may be read: as a module and a name in it."""
    parts = name.split(".")
    found = [(".".join(parts[:at]), ".".join(parts[at:])) for at in range(len(parts) - 1, 0, -1)]
    return [(module, name), *found] if module else found


def _flat(described: tuple[Description, ...]) -> list[Description]:
    return [each for one in described for each in (one, *one.members)]
