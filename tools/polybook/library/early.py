"""Names that readers meet before their definition."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from polybook.book import Book
from polybook.book.mentions import mentioned
from polybook.source import Diagnostic

Place = tuple[str, int, int]  # path, line, column


@attrs.define(eq=False)
class EarlyUses:
    """Uses of names that a later page defines, by name and that page.

    A library's tools are used on many pages: one finding tells of all uses.
    """

    book: Book
    _places: dict[tuple[str, int], dict[Place, None]] = attrs.field(factory=dict, init=False)

    def add(self, written: str, later: int, place: Place) -> None:
        """Note the use of ``written``, such as ``d2l.plot``, which page number ``later`` defines.

        Uses are noted page by page; a cell for several frameworks counts once.
        """
        self._places.setdefault((written, later), {})[place] = None

    def findings(self) -> Iterator[Diagnostic]:
        """Yield a warning at the first use of each name.

        None where that page or an earlier one refers readers to the page with
        the definition: a book may keep its tools in an appendix, and say so.
        """
        order = {page.path: index for index, page in enumerate(self.book.pages)}
        told = self._first_mentions()
        for (written, later), places in self._places.items():
            first, *more = sorted(places, key=lambda place: (order[place[0]], *place[1:]))
            if told.get(later, len(order)) <= order[first[0]]:
                continue
            times = "once more" if len(more) == 1 else f"{len(more)} more times"
            again = f", and {times}," if more else ""
            path = self.book.pages[later].path
            message = f"`{written}` is used here{again} before it is defined, in {path}"
            mend = "define it before, or refer readers to that page"
            yield Diagnostic(*first, "used-before-saved", message, mend, "warning")

    def _first_mentions(self) -> dict[int, int]:
        """Return, for the pages that others refer to, the number of the first that does."""
        number = {page.docname: index for index, page in enumerate(self.book.pages)}
        wanted = {later for _, later in self._places}
        first: dict[int, int] = {}
        for index, page in enumerate(self.book.pages):
            if len(first) == len(wanted):
                break
            for name in mentioned(self.book, page) - {page.docname}:
                if number[name] in wanted:
                    first.setdefault(number[name], index)
        return first
