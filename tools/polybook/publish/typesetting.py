"""The formulas of one build: what is kept from the last one, and what is typeset anew."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from polybook.publish.foreseen import Foreseen
from polybook.publish.formula import Formula, page_requests
from polybook.publish.formula_store import FormulaStore
from polybook.publish.formula_style import characters, rules_for
from polybook.publish.typesetter import SCRIPT, Batch, Request, Typeset, Typesetter


class Typesetting:
    """All formulas of a book, and what has become of them.

    Attributes:
        style: MathJax's whole style sheet; empty where there is no formula.
        used: Classes of the characters that stand in the book's formulas.

    Raises:
        TypesetterError: MathJax did not start.
    """

    def __init__(
        self,
        settings: Mapping[str, Any],
        pages: Mapping[str, Sequence[Formula]],
        file: Path,
        before: Typesetting | None = None,
        foreseen: Foreseen | None = None,
    ) -> None:
        """Typeset what no earlier build has.

        Args:
            settings: Those of `typesetter.Typesetter`.
            pages: The formulas of each page, in order.
            file: What the last build has typeset; it is brought up to date.
            before: Those of the same application before it read pages again, with the same
                settings; their process goes on with these.
            foreseen: Formulas that have been begun with before pages were read.
        """
        self._settings = settings
        self._typesetter: Typesetter | None = None
        if before is not None:
            self._typesetter, before._typesetter = before._typesetter, None
        numbered = settings["tex"].get("tags", "none") != "none"
        self._requests = {
            name: page_requests(formulas, numbered) for name, formulas in sorted(pages.items())
        }
        self._store = FormulaStore.read(file, _made_with(settings))
        if self._bring_up_to_date(foreseen):
            self._store.write(file)
        self.style = self._store.style
        self.used = characters(each.markup for each in self._store.formulas.values())

    def _bring_up_to_date(self, foreseen: Foreseen | None) -> bool:
        """Make the store hold the book's formulas and no others; tell whether it changed."""
        every = dict.fromkeys(each for page in self._requests.values() for each in page)
        changed = self._store.keep(every)
        missing = set(self._store.missing(every))
        if not missing:
            return changed
        if foreseen is not None:
            style, found = foreseen.result(self._settings)
            wanted = missing & found.keys()
            for request in wanted:
                self._store.put(request, found[request])
            self._store.style = style or self._store.style
            missing -= wanted
            if not missing:
                return True
        groups = []
        for page in self._requests.values():
            # Of those that several pages have, the first one brings them.
            groups.append([each for each in dict.fromkeys(page) if each in missing])
            missing.difference_update(groups[-1])
        if self._typesetter is not None:
            every = [each for group in groups for each in group]
            found = dict(zip(every, self._typesetter.typeset(every), strict=True))
            self._store.style = self._typesetter.style
        else:
            self._store.style, found = Batch(self._settings, groups).result()
        for request, result in found.items():
            self._store.put(request, result)
        return True

    def look_up(self, formula: Formula, page: str, place: int | None) -> Typeset:
        """Return what a formula has become; one that was not collected is typeset now.

        Args:
            formula: What the page is to show.
            page: The page it comes from.
            place: Its place among the formulas of that page, if it was collected.
        """
        tex, display = formula
        request = Request((), tex, display, False)
        if place is not None and place < len(self._requests.get(page, ())):
            request = self._requests[page][place]._replace(tex=tex, display=display)
        result = self._store.get(request)
        if result is None:
            result = self._late(request)
            self._store.put(request, result)
        return result

    def _late(self, request: Request) -> Typeset:
        if self._typesetter is None:
            self._typesetter = Typesetter(self._settings)
        [result] = self._typesetter.typeset([request])
        # The book's style sheet is written, and later ones do not know of this
        # formula: its characters come along.
        rules = rules_for(self._typesetter.style, characters([result.markup]))
        return result._replace(markup=f"{result.markup}<style>{rules}</style>")

    def close(self) -> None:
        """End the process of late formulas, if there is one."""
        if self._typesetter is not None:
            self._typesetter.close()


def _made_with(settings: Mapping[str, Any]) -> str:
    """Return a digest of all that the formulas' markup depends on, beside themselves."""
    content = json.dumps(
        [settings, version("sphinx-mathjax-offline"), SCRIPT.read_text(encoding="utf-8")],
        sort_keys=True,
    )
    return hashlib.sha256(content.encode()).hexdigest()
