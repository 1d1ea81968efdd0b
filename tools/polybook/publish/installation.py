"""What a page's notebook needs before it runs elsewhere: packages, the library, data."""

from __future__ import annotations

import ast
import posixpath
import re
import sys
from collections.abc import Collection, Iterable, Mapping
from urllib.parse import quote

import attrs

from polybook.book import Book, Framework, Page
from polybook.execution.data import declared_files
from polybook.execution.keys import Keys
from polybook.execution.requirements import normalized
from polybook.library import Library
from polybook.library.statement import DEFINITIONS, bound_names
from polybook.library.syntax import parse, without_magics

# Modules whose distribution is called otherwise, beside those that only differ in spelling or
# in a `python` before or behind the name.
_DISTRIBUTIONS = {
    "bs4": ("beautifulsoup4",),
    "cv2": ("opencv-python-headless", "opencv-python", "opencv-contrib-python"),
    "fitz": ("pymupdf",),
    "git": ("gitpython",),
    "jose": ("python-jose",),
    "mpl_toolkits": ("matplotlib",),
    "pil": ("pillow",),
    "pkg_resources": ("setuptools",),
    "serial": ("pyserial",),
    "skimage": ("scikit-image",),
    "sklearn": ("scikit-learn",),
    "umap": ("umap-learn",),
    "yaml": ("pyyaml",),
    "zmq": ("pyzmq",),
}
_INDEXES = re.compile(r"(?:-i|-f|--index-url|--extra-index-url|--find-links|--pre)\b")
_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*(?:\[[^\]]*\])?)\s*(?P<rest>.*)")
_HASH = re.compile(r"\s--hash[=\s]\S+")


@attrs.frozen
class Lock:
    """A framework's requirements as pip reads them.

    Attributes:
        lines: What the environment's file says, as `requirement_lines` returns it.
    """

    lines: tuple[str, ...]

    @property
    def options(self) -> tuple[str, ...]:
        """The words that tell pip where packages are found."""
        found = [line for line in self.lines if _INDEXES.match(line)]
        return tuple(word for line in found for word in re.split(r"[\s=]+", line, maxsplit=1))

    @property
    def packages(self) -> dict[str, tuple[str, str]]:
        """Name and version as pip's file has them, by normalized name."""
        found: dict[str, tuple[str, str]] = {}
        # Constraints last: they say more than a name without a version.
        for line in sorted(self.lines, key=lambda line: line.startswith("-c ")):
            match = _REQUIREMENT.match(_HASH.sub("", line.removeprefix("-c ")))
            if match is None or (line.startswith("-") and not line.startswith("-c ")):
                continue
            key = normalized(match["name"].partition("[")[0])
            name, version = found.get(key, (match["name"], ""))
            found[key] = (name, version or match["rest"].strip())
        return found


@attrs.frozen
class Needed:
    """What a notebook needs.

    Attributes:
        packages: Versions as pip writes them, such as ``==2.1``, by the name of the
            distribution; empty where the book fixes none.
        options: Words for pip.
        modules: The name of the distribution by the first name of each module that is imported.
        library: The text of each file of the library, by its path.
        data: The data that the chapter declares: address in the book by path from the notebook.
    """

    packages: Mapping[str, str]
    options: tuple[str, ...]
    modules: Mapping[str, str]
    library: Mapping[str, str]
    data: Mapping[str, str]

    def __bool__(self) -> bool:
        return bool(self.packages or self.library or self.data)


def needed(book: Book, page: Page, framework: str, keys: Keys) -> Needed:
    """Return what the notebook of ``page`` for ``framework`` needs.

    Its packages are those of the modules that its cells import, and of all that the library
    imports if the page uses it. One that the framework's requirements do not have under a name
    that we can tell means that all of the requirements are needed.
    """
    settings = book.config.framework(framework)
    lock = Lock(tuple(keys.environments[framework].lines()))
    modules = imported(code.source for code in keys.cells(page, framework))
    used = keys.used(page, framework)
    files: dict[str, str] = {}
    if used and used.module:
        library, graph = keys.libraries[framework], keys.graphs[framework]
        names = graph.names if used.dynamic else graph.closure(used.names)
        modules |= library_imports(library, names)
        files = library_files(book, settings, library)
    modules -= {settings.library.partition(".")[0]}
    origins = origins_of(modules, lock)
    known = lock.packages
    if None in origins.values():
        packages = {name: version for name, version in known.values()}
    else:
        versions = {name: version for name, version in known.values()}
        packages = {name: versions.get(name, "") for name in origins.values() if name}
    packages |= _extra(page.chapter.required_libs, lock)
    folder = posixpath.dirname(page.stem) or "."
    return Needed(
        dict(sorted(packages.items(), key=lambda item: item[0].lower())),
        lock.options if packages else (),
        {module: name for module, name in origins.items() if name},
        files,
        {
            posixpath.relpath(file, folder): quote(file)
            for file in declared_files(book.folder, page.needs.data)
        },
    )


def imported(sources: Iterable[str]) -> set[str]:
    """Return the first names of the modules that cells import, without Python's own."""
    found: set[str] = set()
    for source in sources:
        if "import" not in source:
            continue
        try:
            found |= _imports(parse(without_magics(source)[0]))
        except SyntaxError:
            continue
    return found


def library_imports(library: Library, used: Collection[str]) -> set[str]:
    """Return the modules that a library imports when it is imported, or ``used`` runs."""
    found: set[str] = set()
    for node in parse(library.text).body:
        if not isinstance(node, DEFINITIONS) or not set(bound_names(node)).isdisjoint(used):
            found |= _imports(node)
    return found


def _imports(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        children = list(ast.iter_child_nodes(node))
        if isinstance(node, ast.Try) and any(map(_catches_missing, node.handlers)):
            # What the code does without need not be there.
            children = [each for each in children if each not in node.body]
        waiting += children
        if isinstance(node, ast.Import):
            names |= {each.name.partition(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names - sys.stdlib_module_names


def _catches_missing(handler: ast.ExceptHandler) -> bool:
    caught = ast.walk(handler.type) if handler.type else ()
    names = {each.id for each in caught if isinstance(each, ast.Name)}
    return not names.isdisjoint({"ImportError", "ModuleNotFoundError"})


def origins_of(modules: Iterable[str], lock: Lock) -> dict[str, str | None]:
    """Return the distribution that holds each module, as the lock writes its name.

    It is None for a module of which we cannot tell that the lock has it. Without a lock the
    module's own name is all that is known.
    """
    known = lock.packages
    found: dict[str, str | None] = {}
    for module in sorted(modules):
        names = candidates(module)
        match = next((name for name in names if name in known), None)
        found[module] = known[match][0] if match else None if known else names[0]
    return found


def candidates(module: str) -> tuple[str, ...]:
    """Return the normalized names that the distribution of a module may have, likeliest first."""
    name = normalized(module)
    known = _DISTRIBUTIONS.get(module.lower(), ())
    return (*known, name, f"python-{name}", f"{name}-python", f"py{name}")


def _extra(requirements: Iterable[str], lock: Lock) -> dict[str, str]:
    """Return what a chapter asks for beside its imports, in the lock's versions."""
    found = {}
    for each in requirements:
        if match := _REQUIREMENT.match(each):
            key = normalized(match["name"].partition("[")[0])
            name, version = lock.packages.get(key, (match["name"], match["rest"].strip()))
            found[name] = version
    return found


def library_files(book: Book, framework: Framework, library: Library) -> dict[str, str]:
    """Return the text of a library's module and of its packages, by path in the book."""
    found = {}
    parts = framework.library.split(".")
    for depth in range(1, len(parts)):
        name = "/".join([*parts[:depth], "__init__.py"])
        if (book.folder / name).is_file():
            found[name] = (book.folder / name).read_text(encoding="utf-8")
    found[framework.library_path] = library.text
    return found
