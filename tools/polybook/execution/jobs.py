"""From a book to what can be executed: keys and jobs."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import attrs

from polybook.book import Book, Page
from polybook.execution.environments import Environment
from polybook.execution.key import RUNNER_VERSION, Key, digest
from polybook.execution.runner import Job
from polybook.library import Library, SymbolGraph, libraries, used_names
from polybook.notebook import code_cells, execution_notebook

_MAGIC = re.compile(r"^[ \t]*[%!?]")
# IPython shows no value of a last statement that ends like this; the syntax
# tree does not tell.
_QUIET = re.compile(r";[ \t]*(#[^\n]*)?$")


@attrs.define(eq=False, slots=False)
class Keys:
    """Computes the freshness keys of a book's notebooks.

    Needs no framework: only the chapters, the libraries extracted from them
    and the environments' requirements.

    Attributes:
        book: The book.
        libraries: Its libraries, by framework.
        environments: Its environments, by framework.
    """

    book: Book
    libraries: dict[str, Library]
    environments: dict[str, Environment]

    @classmethod
    def of(cls, book: Book) -> Keys:
        """Return the keys of ``book``, extracting its libraries."""
        return cls(book, libraries(book), environments(book))

    def __attrs_post_init__(self) -> None:
        self._graphs = {name: SymbolGraph(found) for name, found in self.libraries.items()}
        self._environment_digest = cache(lambda name: self.environments[name].digest)

    def key(self, page: Page, framework: str) -> Key:
        """Return the key of one notebook.

        Its parts are the cells as syntax trees, in order, so that comments
        and formatting do not count; the library symbols that they use, with
        all that these use in turn; the environment's locked requirements;
        and the runner's version.

        Raises:
            ExecutionError: The requirements cannot be read.
        """
        cells = [code.source for code in code_cells(self.book, page, framework)]
        parts = [(f"cell {number}", code_digest(code)) for number, code in enumerate(cells, 1)]
        parts += self._library_parts("\n".join(cells), framework)
        parts.append(("the environment", self._environment_digest(framework)))
        parts.append(("the runner", RUNNER_VERSION))
        return Key(tuple(parts))

    def _library_parts(self, code: str, framework: str) -> list[tuple[str, str]]:
        graph = self._graphs.get(framework)
        if graph is None:
            return []
        module = self.libraries[framework].module
        used = used_names(code, module)
        if not used.module:
            return []
        names = graph.names if used.dynamic else used.names & graph.names
        return [(f"{module}.{name}", graph.digest(name)) for name in sorted(graph.closure(names))]


def environments(book: Book) -> dict[str, Environment]:
    """Return the environment of each framework of ``book``; none need exist."""
    return {
        framework.name: Environment(
            framework=framework.name,
            requirements=book.folder / framework.environment if framework.environment else None,
            folder=book.build / "environments" / framework.name,
            declared=("_config.yml", framework.environment_line),
        )
        for framework in book.config.frameworks
    }


def jobs(book: Book, keys: Keys, framework: str | None = None) -> list[Job]:
    """Return the notebooks of ``book`` that have code, of all frameworks or of one."""
    return [
        Job(page.path, name, keys.key(page, name), execution_notebook(book, page, name))
        for page in book.pages
        for name in page.frameworks
        if framework in (None, name) and code_cells(book, page, name)
    ]


def stage_libraries(book: Book, found: dict[str, Library], folder: Path) -> None:
    """Write the packages that hold the libraries into ``folder``.

    Notebooks run against the library as the chapters have it now, whatever
    the committed files say; what else lies in those packages comes along.

    Args:
        book: The book.
        found: Its libraries.
        folder: Becomes the kernels' ``PYTHONPATH``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for framework in book.config.frameworks:
        if framework.name not in found:
            continue
        target = folder / framework.library_path
        target.parent.mkdir(parents=True, exist_ok=True)
        for parent in Path(framework.library_path).parents:
            for source in sorted((book.folder / parent).glob("*.py")) if parent.name else ():
                (folder / parent / source.name).write_bytes(source.read_bytes())
    for framework in book.config.frameworks:
        if framework.name in found:
            (folder / framework.library_path).write_text(
                found[framework.name].text, encoding="utf-8"
            )


def code_digest(code: str) -> str:
    """Return the SHA-256 of a cell's meaning: its syntax tree, or its text if it has none."""
    lines = code.split("\n")
    # IPython's own lines are no Python; each counts as its text, at its place.
    python = "\n".join("pass" if _MAGIC.match(line) else line for line in lines)
    magics = [(number, line) for number, line in enumerate(lines) if _MAGIC.match(line)]
    try:
        tree = ast.dump(ast.parse(python))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return digest(code)
    quiet = bool(_QUIET.search(code.rstrip()))
    return digest(repr((tree, [line for _, line in magics], quiet)))
