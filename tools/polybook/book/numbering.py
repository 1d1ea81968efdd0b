"""Numbers of sections and of what counts in them, from the table of contents alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property

import attrs

from polybook.book.scheme import Number
from polybook.book.toc import Entry
from polybook.source import Chapter, Target

# Figures, tables, listings and equations count within a section of this depth.
SECTION_DEPTH = 2


@attrs.frozen
class Label:
    """A label and what it stands for.

    Attributes:
        name: The label as written.
        docname: The page that defines it.
        path: That page's file.
        target: What it labels.
        number: Its number, such as ``(3, 1, 2)``; empty without one.
    """

    name: str
    docname: str
    path: str
    target: Target
    number: Number

    @property
    def dotted(self) -> str:
        """The number as text, such as ``3.1.2``."""
        return ".".join(map(str, self.number))


@attrs.frozen(slots=False)
class Numbering:
    """All labels of a book.

    Attributes:
        labels: The first definition of each name.
        duplicates: Later definitions of a name that is taken.
        numbers: For each page, the numbers of its targets in order.
    """

    labels: Mapping[str, Label]
    duplicates: tuple[Label, ...]
    numbers: Mapping[str, tuple[Number, ...]]

    def find(self, name: str) -> Label | None:
        """Return the label that a reference to ``name`` means; ``None`` if there is none.

        Case does not matter, as in Sphinx, except for equations.
        """
        label = self._folded.get(name.lower())
        exact = label is None or label.target.kind != "equation" or label.name == name
        return label if exact else None

    @cached_property
    def _folded(self) -> dict[str, Label]:
        return {name.lower(): label for name, label in self.labels.items()}


def number_pages(pages: Sequence[tuple[Entry, Chapter]]) -> Numbering:
    """Number the targets of the pages, given in the order in which they are read.

    A page's title has the number of its entry and its further headings count
    below it. Figures, tables, listings and equations count separately within the
    current section, down to two levels; on pages without a number they count
    through the book. A heading that asks for no number, and those below it,
    have none and count nowhere.
    """
    labels: dict[str, Label] = {}
    duplicates: list[Label] = []
    numbers: dict[str, tuple[Number, ...]] = {}
    counters: Counter[tuple[str, Number]] = Counter()
    taken: set[str] = set()
    for entry, chapter in pages:
        of_page: list[Number] = []
        headings = _Headings(entry)
        for target in chapter.targets:
            number = _number(target, headings, counters)
            of_page.append(number)
            for name in target.names:
                label = Label(name, entry.docname, entry.path, target, number)
                # Anchors ignore case, so labels that differ in case alone collide.
                if name.lower() in taken:
                    duplicates.append(label)
                else:
                    taken.add(name.lower())
                    labels[name] = label
        numbers[entry.docname] = tuple(of_page)
    return Numbering(labels, tuple(duplicates), numbers)


def _number(target: Target, headings: _Headings, counters: Counter[tuple[str, Number]]) -> Number:
    if target.kind == "section":
        return headings.enter(target.level, target.unnumbered) if target.level else ()
    if target.kind in ("figure", "table", "listing") and not target.title:
        return ()
    section = headings.current[:SECTION_DEPTH]
    counters[target.kind, section] += 1
    return (*section, counters[target.kind, section])


class _Headings:
    """The number of the current section while a page is read."""

    def __init__(self, entry: Entry) -> None:
        self.page = entry.number
        self.current = entry.number
        self._scheme = entry.scheme
        self._open: list[tuple[int, int]] = []  # heading level, count at that level
        self._titled = False
        self._unnumbered = 0  # level of the heading without a number that we are in

    def enter(self, level: int, unnumbered: bool = False) -> Number:
        if not self._titled:
            self._titled = True
            return self.page
        if self._unnumbered and level <= self._unnumbered:
            self._unnumbered = 0
        if unnumbered and not self._unnumbered:
            self._unnumbered = level
        if self._unnumbered:
            # What stands here counts as if it stood above the first heading.
            self.current = self.page
            return ()
        while self._open and self._open[-1][0] > level:
            last = self._open.pop()
            if not self._open or self._open[-1][0] < level:
                # A shallower heading than its elder sibling, such as ### then ##,
                # goes on counting at that place.
                self._open.append((level, last[1]))
        if self._open and self._open[-1][0] == level:
            self._open[-1] = (level, self._open[-1][1] + 1)
        else:
            self._open.append((level, 1))
        if not self.page:
            return ()
        number = self._scheme.below(self.page, *(count for _, count in self._open))
        # Below the last level with numbers, things count as above the first heading.
        self.current = number or self.page
        return number
