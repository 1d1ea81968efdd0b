"""The freshness keys of a book's notebooks: one function from all that counts to a key."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import attrs

from polybook.book import Book, Page
from polybook.book.needs import NO_NEEDS
from polybook.execution.data import data_digests
from polybook.execution.environments import Environment, environments_of
from polybook.execution.key import RUNNER_VERSION, Key, Part, digest
from polybook.library import (
    Library,
    SymbolGraph,
    UsedNames,
    libraries,
    saved_in,
    used_names,
)
from polybook.library.syntax import parse, without_magics
from polybook.memory import MEMORY, Memory
from polybook.notebook import CodeCell, can_be_script, code_cells
from polybook.side_process import both, worth_sharing

ORDER = "<order>"
"""Name of the part that holds in which order the library's statements run."""

# IPython shows no value of a last statement that ends like this; the syntax
# tree does not tell.
_QUIET = re.compile(r";[ \t]*(#[^\n]*)?$")


@attrs.frozen
class _Meaning:
    """What is found out about a notebook's cells by parsing them.

    Attributes:
        cells: The digest of what each does.
        used: What they use of the library.
        scriptable: Whether Python alone can run them.
    """

    cells: tuple[str, ...]
    used: UsedNames | None
    scriptable: bool


@attrs.define(eq=False, slots=False)
class Keys:
    """Computes the freshness keys of a book's notebooks.

    Needs no framework: only the chapters, the libraries extracted from them
    and the environments' requirements.

    Attributes:
        book: The book.
        libraries: Its libraries, by framework.
        environments: Its environments, by framework.
        graphs: The symbol graphs of its libraries, by framework.
    """

    book: Book
    libraries: dict[str, Library]
    environments: dict[str, Environment]

    @classmethod
    def of(cls, book: Book) -> Keys:
        """Return the keys of ``book``, extracting its libraries."""
        return cls(book, libraries(book), environments_of(book))

    def __attrs_post_init__(self) -> None:
        self.graphs = {name: SymbolGraph(found) for name, found in self.libraries.items()}
        self._cells = cache(lambda page, name: code_cells(self.book, page, name))
        self._environment_digest = cache(lambda name: self.environments[name].digest)
        self._memory = Memory(self.book.build / MEMORY / "keys")
        self._known: dict[tuple[str, str], Key] = {}
        self._parts_of_symbol = cache(
            lambda framework, name: tuple(
                Part("symbol", *part) for part in self.graphs[framework].parts(name).items()
            )
        )
        self._symbol_parts = cache(self._parts_of_symbols)
        self._data_parts = cache(self._parts_of_data)

    def with_page(self, page: Page) -> Keys:
        """Return the keys of the book with another text of one page.

        What the other pages and the libraries mean is known already, unless the page saves
        other code.
        """
        before, book = self.book.page(page.docname), self.book.with_page(page)
        if before is None or any(
            _saved(before, name) != _saved(page, name) for name in self.libraries
        ):
            return attrs.evolve(self, book=book, libraries=libraries(book))
        new = copy.copy(self)
        new.book = book
        new._cells = cache(lambda page, name: code_cells(book, page, name))
        new._known = {place: key for place, key in self._known.items() if place[0] != page.path}
        return new

    def key(self, page: Page, framework: str) -> Key:
        """Return the key of one notebook, computed once.

        Its parts are the cells as syntax trees, in order, so that comments
        and formatting do not count; the library symbols that they use, with
        all that these use in turn; the environment's locked requirements and its variables; the
        declared data, requirements, devices and policy for warnings; and the runner's version.

        Raises:
            ExecutionError: The requirements cannot be read.
        """
        place = (page.path, framework)
        if place not in self._known:
            self._known[place] = self._compute(page, framework)
        return self._known[place]

    def _compute(self, page: Page, framework: str) -> Key:
        meaning = self._meaning(page, framework)
        parts = [Part("cell", str(at), each) for at, each in enumerate(meaning.cells, 1)]
        used = meaning.used
        if used and used.module:
            parts += self._symbol_parts(framework, None if used.dynamic else used.names)
        parts.append(Part("environment", framework, self._environment_digest(framework)))
        parts += [Part("variable", *each) for each in self.environments[framework].variables]
        parts += self._data_parts(page.needs.data)
        parts += [Part("requirement", name, name) for name in sorted(page.chapter.required_libs)]
        # What these say decides what the outputs are, not only whether there can be any.
        parts += [
            Part("need", name, str(value))
            for name, value in (
                ("accelerators", page.needs.accelerators),
                ("cores", page.needs.cores),
                ("warnings", page.needs.warnings),
            )
            if value != getattr(NO_NEEDS, name)
        ]
        parts.append(Part("runner", "", RUNNER_VERSION))
        return Key(tuple(parts))

    def of_all(self, notebooks: Sequence[tuple[Page, str]]) -> list[Key]:
        """Return the keys of all ``notebooks``, each named by its page and its framework.

        Raises:
            ExecutionError: The requirements cannot be read.
        """
        unknown = [each for each in notebooks if (each[0].path, each[1]) not in self._known]
        remembered = [self._memory.knows(self._place(*each)) for each in unknown]
        if not worth_sharing(remembered.count(False)):
            keys = [self.key(*each) for each in notebooks]
            self._memory.save()
            return keys

        def half(every: Sequence[tuple[Page, str]]) -> tuple[list[Key], dict[str, Any]]:
            keys = [self.key(*each) for each in every]
            for key in keys:
                _ = key.digest  # It stays with the key, and somebody will ask for it.
            return keys, self._memory.recalled

        # The notebooks of a page stand side by side, and have most cells in common.
        middle = len(notebooks) // 2
        (first, _), (second, learnt) = both(
            lambda: half(notebooks[:middle]), lambda: half(notebooks[middle:])
        )
        keys = [*first, *second]
        places = [(page.path, framework) for page, framework in notebooks]
        self._known.update(zip(places, keys, strict=True))
        self._memory.learn(learnt)
        self._memory.save()
        return keys

    def cells(self, page: Page, framework: str) -> tuple[CodeCell, ...]:
        """Return the cells of one notebook."""
        return self._cells(page, framework)

    def used(self, page: Page, framework: str) -> UsedNames | None:
        """Return what a notebook uses of its framework's library; None without a library."""
        return self._meaning(page, framework).used

    def scriptable(self, page: Page, framework: str) -> bool:
        """Tell whether Python alone can run a notebook's cells as one script."""
        return self._meaning(page, framework).scriptable

    def _place(self, page: Page, framework: str) -> str:
        """Return where the memory has what a notebook means: its cells and the library's name."""
        library = self.libraries.get(framework)
        cells = [(code.source, code.cell.tags) for code in self.cells(page, framework)]
        return digest(repr((library and library.module, cells)))

    def _meaning(self, page: Page, framework: str) -> _Meaning:
        return self._memory.recall(
            self._place(page, framework), lambda: self._understand(page, framework)
        )

    def _understand(self, page: Page, framework: str) -> _Meaning:
        cells, library = self.cells(page, framework), self.libraries.get(framework)
        return _Meaning(
            cells=tuple(_cell_digest(code.source, code.cell.tags) for code in cells),
            used=used_names([code.source for code in cells], library.module) if library else None,
            scriptable=can_be_script((code.source, code.cell.tags) for code in cells),
        )

    def _parts_of_symbols(self, framework: str, names: frozenset[str] | None) -> list[Part]:
        """Return the parts of ``names`` and all that they use; of all symbols for None."""
        graph = self.graphs[framework]
        reached = graph.closure(graph.names if names is None else names)
        parts = [
            part for name in sorted(reached) for part in self._parts_of_symbol(framework, name)
        ]
        if len(ordered := graph.in_order(reached)) > 1:
            parts.append(Part("symbol", ORDER, digest("\n".join(ordered))))
        return parts

    def _parts_of_data(self, paths: tuple[str, ...]) -> list[Part]:
        return [
            Part("data", path, content)
            for path, content in data_digests(self.book.folder, paths).items()
        ]


def _saved(page: Page, framework: str) -> list[tuple[str | None, str]]:
    return [(cell.label, cell.source) for cell in saved_in(page, framework)]


@cache
def _cell_digest(code: str, tags: tuple[str, ...]) -> str:
    # Without this one a cell that raises stops the notebook; other tags change no output.
    expected = "expected to raise: " if "raises-exception" in tags else ""
    return digest(expected + code_digest(code)) if expected else code_digest(code)


def code_digest(code: str) -> str:
    """Return the SHA-256 of a cell's meaning: its syntax tree, or its text if it has none."""
    # IPython's own lines are no Python; each counts as its text, at its place.
    python, magics = without_magics(code)
    try:
        tree = ast.dump(parse(python))
    except SyntaxError:
        return digest(code)
    quiet = bool(_QUIET.search(code.rstrip()))
    return digest(repr((tree, list(magics.values()), quiet)))
