"""Frameworks that a page leaves out where it serves the others."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from polybook.book.book import Book, Page
from polybook.source import Cell, Diagnostic

# So many others must have a text before its lack is worth a word.
_FEW_TEXTS = 2


@attrs.define
class _Run:
    """Neighbouring cells and tab blocks of some frameworks each, as tabs show them."""

    code: dict[str, int] = attrs.field(factory=dict)  # framework -> line of its first cell
    text: dict[str, int] = attrs.field(factory=dict)  # the same for tab blocks


def check_coverage(book: Book, page: Page) -> Iterator[Diagnostic]:
    """Report a framework that lacks the code, or the text, that all or most others have.

    A framework with text in place of code has been thought of. So has one
    that is among many: where few frameworks of several have code, that code
    is about them.
    """
    if len(page.frameworks) < 2:
        return
    for run in _runs(page):
        here = run.code or run.text
        lacking = [name for name in page.frameworks if name not in {**run.code, **run.text}]
        if not lacking:
            continue
        if run.code and len(lacking) > 1 and len(run.code) <= len(lacking):
            continue
        if not run.code and (len(lacking) > 1 or len(run.text) < _FEW_TEXTS):
            continue
        what = "code" if run.code else "text"
        names = [name for name in page.frameworks if name in here]
        verb = "has" if len(names) == 1 else "have"
        yield Diagnostic(
            page.path,
            min(here.values()),
            1,
            "missing-tab",
            f"there is no {what} for {_listed(lacking)} here; {_listed(names)} {verb} it",
            "write it, or say in a tab block why there is none"
            if run.code
            else "write it, or make the text common to all",
            "warning",
        )


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _runs(page: Page) -> Iterator[_Run]:
    run = _Run()
    for content in page.chapter.flow:
        names = content.frameworks if content else ()
        mine = tuple(name for name in page.frameworks if name in names)
        if content and mine != page.frameworks:
            for name in mine:
                (run.code if isinstance(content, Cell) else run.text).setdefault(name, content.line)
        elif run.code or run.text:
            yield run
            run = _Run()
    if run.code or run.text:
        yield run
