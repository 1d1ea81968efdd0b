"""Names of the book's library in code cells, linked to the section that defines them.

The links are put into the HTML that Pygments has made, where a name of the library stands behind
the name under which the page has imported the library, or by itself if the page has imported it
by name. Comments and strings are other tokens and stay as they are; copied code is plain.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache, partial
from html import escape
from typing import Any

import attrs
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from polybook.book import Page
from polybook.library import Library, Symbol
from polybook.notebook import code_cells
from polybook.publish.page_key import PAGE_FACTS
from polybook.publish.panel import FrameworkPanel
from polybook.publish.project import Project, project_of

_DOT = r'<span class="o">\.</span>'
_NAME = r"[^\W\d]\w*"
# `alias.name`, also of a decorator; or a name alone that is no attribute and is not assigned to.
_MENTION = re.compile(
    rf'(?<!{_DOT})<span class="(?P<kind>n|nn|nd)">(?P<at>@?)(?P<owner>{_NAME})</span>{_DOT}'
    rf'<span class="(?:n|nn|nc|nf|fm)">(?P<member>{_NAME})</span>'
    rf'|(?<!{_DOT})<span class="(?:n|nd)">@?(?P<bare>{_NAME})</span>'
    r'(?!\s*<span class="o">=</span>)'
)


@attrs.frozen
class Imported:
    """What a page's code imports of a library.

    Attributes:
        modules: Names that stand for the module.
        names: Name in the library by name on the page.
    """

    modules: frozenset[str]
    names: Mapping[str, str]


def imported(sources: Iterable[str], module: str) -> Imported:
    """Return what code imports of ``module``; code that does not parse imports nothing."""
    package, _, last = module.rpartition(".")
    modules: set[str] = set()
    names: dict[str, str] = {}
    for source in sources:
        for node in _imports(source):
            if isinstance(node, ast.Import):
                modules.update(
                    each.asname for each in node.names if each.name == module and each.asname
                )
            elif not node.level:
                for each in node.names:
                    if node.module == module:
                        names[each.asname or each.name] = each.name
                    elif node.module == package and each.name == last:
                        modules.add(each.asname or each.name)
    return Imported(frozenset(modules), names)


@lru_cache(1024)
def _imports(source: str) -> tuple[ast.Import | ast.ImportFrom, ...]:
    """Return the imports in a cell, which is looked at again for each cell of its page."""
    if "import" not in source:
        return ()
    try:
        tree = ast.parse(source)
    except SyntaxError:
        tree = _readable(source)
    return tuple(node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))


def _readable(source: str) -> ast.Module:
    """Parse a cell with lines of IPython's, such as ``%matplotlib inline``, left out."""
    lines = ["" if line.lstrip().startswith(("%", "!")) else line for line in source.split("\n")]
    try:
        return ast.parse("\n".join(lines))
    except SyntaxError:
        return ast.Module([], [])


def defined(source: str) -> set[str]:
    """Return the names that a cell defines: it needs no link to itself."""
    if "def " not in source and "class " not in source:
        return set()
    return {
        node.name
        for node in _readable(source).body
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    }


def link_names(html: str, found: Imported, address: Callable[[str], str]) -> str:
    """Return Pygments' HTML with links.

    Args:
        html: Highlighted code.
        found: What its page imports.
        address: Tells where a name of the library is defined; empty for another name.
    """

    def link(match: re.Match[str]) -> str:
        if match["owner"] in found.modules:
            name = match["member"]
        elif match["bare"]:
            name = found.names.get(match["bare"], "")
        else:
            # The owner may itself be a name of the library: `Timer.start`.
            name = found.names.get(match["owner"], "")
            if not match["at"] and (place := address(name)):
                owner, rest = match[0].split("</span>", 1)
                return f"{_anchor(place, owner + '</span>')}{rest}"
        return _anchor(place, match[0]) if (place := address(name)) else match[0]

    return _MENTION.sub(link, html)


def _anchor(address: str, html: str) -> str:
    return f'<a class="code-link" href="{escape(address)}">{html}</a>'


def setup_code_links(app: Sphinx) -> None:
    """Link the names in the cells of web pages."""
    app.add_node(nodes.literal_block, override=True, html=(_visit, None))
    app.connect(PAGE_FACTS, _facts)


def _visit(translator: Any, node: nodes.literal_block) -> None:
    start = len(translator.body)
    try:
        type(translator).visit_literal_block(translator, node)
    except nodes.SkipNode:
        links = _links(translator.builder, node)
        if links is not None:
            html = "".join(translator.body[start:])
            translator.body[start:] = [link_names(html, *links)]
        raise


def _links(builder: Any, node: nodes.literal_block) -> tuple[Imported, Callable[[str], str]] | None:
    """Return what `link_names` needs for a cell; nothing for other code."""
    docname = getattr(builder, "current_docname", None)
    if docname is None or "cell_input" not in getattr(node.parent, "get", dict)("classes", ()):
        return None
    project = project_of(builder.env)
    page = project.book.page(docname) if project.book else None
    panel = _panel(node)
    frameworks = (panel["framework"],) if panel else page.frameworks if page else ()
    library = next(
        (project.libraries[name] for name in frameworks if name in project.libraries), None
    )
    if page is None or library is None:
        return None
    framework = next(name for name in frameworks if project.libraries.get(name) is library)
    # All cells of a page follow one another, and share what is looked up.
    known: dict[str, Any] = builder.__dict__.setdefault("polybook_code_links", {})
    if known.get("docname") != docname:
        known.clear()
        known["docname"] = docname
    if framework not in known:
        known[framework] = (
            _imported(project, page, framework, library),
            cache(partial(_address, builder, docname, project, _symbols(builder, library))),
        )
    found, address = known[framework]
    here = defined(node.astext())
    return found, lambda name: "" if name in here else address(name)


def _symbols(builder: Any, library: Library) -> dict[str, Symbol]:
    """Return what a library offers by name, looked up once for a build."""
    known: dict[str, dict[str, Symbol]] = builder.__dict__.setdefault("polybook_symbols", {})
    if library.module not in known:
        known[library.module] = {
            each.name: each for each in library.symbols if each.qualified == each.name
        }
    return known[library.module]


def _address(
    builder: Any, docname: str, project: Project, symbols: Mapping[str, Symbol], name: str
) -> str:
    """Return where a name of the library is defined, as seen from a page; empty if nowhere."""
    symbol = symbols.get(name)
    place = _place(builder.env, project, symbol) if symbol else None
    # A page that defines a name in no labelled section need not link to its own beginning.
    if place is None or place == (docname, ""):
        return ""
    target, anchor = place
    return f"{builder.get_relative_uri(docname, target)}{'#' if anchor else ''}{anchor}"


def _panel(node: nodes.Node) -> FrameworkPanel | None:
    while node.parent is not None:
        node = node.parent
        if isinstance(node, FrameworkPanel):
            return node
    return None


def _imported(project: Project, page: Page, framework: str, library: Library) -> Imported:
    assert project.book is not None
    sources = [code.source for code in code_cells(project.book, page, framework)]
    return imported(sources, library.module)


def _place(env: BuildEnvironment, project: Project, symbol: Symbol) -> tuple[str, str] | None:
    """Return page and anchor of the section that defines a symbol, if a section does."""
    assert project.book is not None
    if symbol.label:
        labels = env.get_domain("std").anonlabels  # type: ignore[attr-defined]
        if place := labels.get(symbol.label.lower()):
            return place[0], place[1]
    page = next((each for each in project.book.pages if each.path == symbol.path), None)
    return (page.docname, "") if page else None


def _facts(app: Sphinx, docname: str) -> object:
    """Return where the names that stand in a page's code are defined."""
    project = project_of(app)
    page = project.book.page(docname) if project.book else None
    if page is None or not project.libraries:
        return ()
    words = set(re.findall(_NAME, page.chapter.text))
    return [
        (name, symbol.name, _place(app.env, project, symbol))
        for name in page.frameworks
        if name in project.libraries
        for symbol in project.libraries[name].symbols
        if symbol.name in words
    ]
