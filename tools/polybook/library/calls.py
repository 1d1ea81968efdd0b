"""What notebooks call of the library: that it is there, and that readers have met it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain

import attrs

from polybook.book import Book, Framework, Page
from polybook.library.early import EarlyUses, Place
from polybook.library.extract import Library
from polybook.library.scope import Scope, bind_all
from polybook.library.syntax import MAX_DEPTH, characters, parse, read, split_lines
from polybook.library.uses import Use, Uses
from polybook.source import Diagnostic
from polybook.source.suggestion import did_you_mean

_NAME = re.compile(r"[^\W\d]\w*")
_INDIRECT = re.compile(r"\b(get|has|set|del)attr\b")


@attrs.frozen
class Doubt:
    """A use of a name that is saved nowhere, or only on a later page.

    Attributes:
        place: Where it stands.
        written: The use, such as ``d2l.plot``.
        later: Number of the page that saves the name; None if none does.
        finding: What is wrong if none does.
    """

    place: Place
    written: str
    later: int | None
    finding: Diagnostic | None = None


def check_calls(book: Book, libraries: Mapping[str, Library]) -> list[Diagnostic]:
    """Return the uses of names that are saved nowhere, or only on a later page.

    Args:
        book: The book.
        libraries: Its libraries by framework, as :func:`libraries` returns them.
    """
    return told(book, [doubts(book, name, library) for name, library in libraries.items()])


def doubts(book: Book, framework: str, library: Library) -> list[Doubt]:
    """Return the doubtful uses in the notebooks of one framework, page by page."""
    order = {page.path: index for index, page in enumerate(book.pages)}
    known = _Names(book.config.framework(framework), library, order)
    # The library has complained about its own cells.
    reported = {(each.path, each.line) for each in library.diagnostics}
    found = []
    for index, page in enumerate(book.pages):
        for use, line, column in _doubtful_uses(page, index, known):
            if (page.path, line) in reported:
                continue
            place, written = (page.path, line, column), f"{use.through}.{use.name}"
            if (later := known.later(use.name, index)) is not None:
                found.append(Doubt(place, written, later))
            elif finding := known.unresolved(use, place):
                found.append(Doubt(place, written, None, finding))
    return found


def told(book: Book, of_frameworks: Iterable[list[Doubt]]) -> list[Diagnostic]:
    """Return what to say of the doubts of all frameworks, in the order of the book."""
    order = {page.path: index for index, page in enumerate(book.pages)}
    found: dict[Place, Diagnostic] = {}
    early = EarlyUses(book)
    for doubt in chain.from_iterable(of_frameworks):
        if doubt.later is not None:
            early.add(doubt.written, doubt.later, doubt.place)
        elif doubt.finding is not None:
            # A cell for several frameworks is wrong once.
            found.setdefault(doubt.place, doubt.finding)
    every = [*found.values(), *early.findings()]
    return sorted(every, key=lambda finding: (order[finding.path], finding))


class _Names:
    """The names that a framework's library has, and from which page on."""

    def __init__(self, framework: Framework, library: Library, order: Mapping[str, int]) -> None:
        self.framework, self._library = framework.name, library
        aliases = framework.aliases
        self.names = {each.name for each in library.symbols if each.kind != "method"}
        self.names.update(name for name, _ in (*aliases.simple, *aliases.fluent))
        # `d2l\.size\(` is there for `size`, `nn_Module = nn.Module` for `nn_Module`.
        patterns = (re.sub(r"\\[a-zA-Z]", " ", pattern) for pattern, _ in aliases.reverse)
        for text in (*patterns, aliases.definitions):
            self.names.update(_NAME.findall(text))
        self._page: dict[str, int] = {}
        for symbol in library.symbols:
            if symbol.kind != "method" and symbol.path in order:
                self._page.setdefault(symbol.name, order[symbol.path])

    @property
    def module(self) -> str:
        """The library's dotted name."""
        return self._library.module

    @cached_property
    def _others(self) -> set[str] | None:
        """Names that the module has beside its symbols, such as by ``d2l.x = 1``.

        ``None`` if its text does not tell them all.
        """
        body = parse(self._library.text, MAX_DEPTH + 1).body
        scope = Scope()
        bind_all(scope, body)
        uses = Uses(scope, self.module, is_module=True)
        for node in body:
            uses.visit(node)
        return None if scope.stars else {*scope.bindings, *uses.stored}

    def is_doubtful(self, name: str, page: int) -> bool:
        """Tell whether a use of ``name`` on the page of that number may be wrong."""
        if name in self.names:
            return self.later(name, page) is not None
        return not name.startswith("__")

    def later(self, name: str, page: int) -> int | None:
        """Return the number of the page that saves ``name`` if that comes after ``page``."""
        saving = self._page.get(name, -1)
        return saving if saving > page else None

    def unresolved(self, use: Use, place: Place) -> Diagnostic | None:
        """Return a finding if the library has no name such as ``use`` needs."""
        name, written = use.name, f"`{use.through}.{use.name}`"
        if name in self.names or name.startswith("__"):
            return None
        if self._others is None or name in self._others:
            return None
        message = f"{written} is saved nowhere in the book for {self.framework}"
        mend = did_you_mean(name, sorted(self.names)) or "mark its definition with `#@save`"
        return Diagnostic(*place, "unresolved-library-name", message, mend)


@attrs.frozen
class _Cell:
    """The code of a cell and the chapter's line of each of its rows."""

    source: str
    lines: tuple[int, ...]


def _doubtful_uses(page: Page, index: int, known: _Names) -> Iterator[tuple[Use, int, int]]:
    """Yield the uses on a page that may be wrong, and perhaps others, with line and column.

    Reading a notebook's syntax trees takes its time, so only those cells are
    read that import the library or hold the text of a doubtful name.
    """
    package = known.module.partition(".")[0]
    cells = [_Cell(*cell.source(known.framework)) for cell in page.cells(known.framework)]
    importing = re.compile(rf"^\s*(?:from|import)\s.*\b{re.escape(package)}\b.*$", re.MULTILINE)
    imports = [line for cell in cells for line in importing.findall(cell.source)]
    if not imports:
        return
    aliases = [re.search(r"\sas\s+(\w+)\s*$", line) for line in imports]
    if all(aliases):
        names = "|".join(sorted({match[1] for match in aliases if match}))
        through = re.compile(rf"\b(?:{names})\s*\.\s*([^\W\d]\w*)")
        cells = [
            cell
            for cell in cells
            if importing.search(cell.source)
            or _INDIRECT.search(cell.source)
            or any(known.is_doubtful(name, index) for name in through.findall(cell.source))
        ]
        doubtful = any(through.search(cell.source) for cell in cells)
        if not doubtful and not any(_INDIRECT.search(cell.source) for cell in cells):
            return
    yield from _uses(cells, known.module)


def _uses(cells: list[_Cell], module: str) -> Iterator[tuple[Use, int, int]]:
    """Yield each use of a name of ``module``, with its line and column."""
    rows: list[str] = []
    lines: list[int] = []
    for cell in cells:
        rows += split_lines(cell.source)[: len(cell.lines)]
        lines += cell.lines
    try:
        tree = parse(read("\n".join(rows)).text)
    except SyntaxError:
        return
    scope = Scope()
    bind_all(scope, tree.body)
    uses = Uses(scope, module)
    uses.visit(tree)
    for use in uses.uses:
        if use.through is not None and use.name not in uses.stored:
            row = getattr(use.node, "lineno", 1)
            column = characters(rows[row - 1], getattr(use.node, "col_offset", 0)) + 1
            yield use, lines[row - 1], column
