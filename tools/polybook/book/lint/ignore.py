"""Findings that the authors have asked not to hear of.

An HTML comment, alone on its line, speaks for the next line that is not
blank, and for the mark lines below it::

    <!-- polybook: ignore undefined-label, missing-image -->
    See :numref:`sec_later`.

At the end of a line of text it speaks for that line. In a cell and in the
front matter ``# polybook: ignore CODE`` does the same. Without codes it
speaks for all of them. ``polybook: ignore: [CODE]`` in
``_config.yml`` is for warnings in the whole book.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import attrs

from polybook.book.book import Book, Page
from polybook.book.config import CONFIG_FILE
from polybook.source import Diagnostic, Lines
from polybook.source.directive import directive

_CODES = r"((?:[\s,]+[a-z][a-z0-9-]*)*)[\s,]*"
_COMMENT = re.compile(rf"<!--\s*polybook:\s*ignore\b{_CODES}-->")
_HASH = re.compile(rf"#\s*polybook:\s*ignore\b{_CODES}$")
_BEFORE = " \t>"


@attrs.define(eq=False)
class _Ignore:
    """One request.

    Attributes:
        path: File of the request.
        line: Its line there.
        column: Its column there.
        codes: What it hides; empty for everything.
        lines: The lines of the file for which it speaks; ``None`` for warnings
            in all files.
        used: The codes of what it has hidden.
    """

    path: str
    line: int
    column: int
    codes: tuple[str, ...]
    lines: frozenset[int] | None
    used: set[str] = attrs.field(factory=set)

    def hides(self, finding: Diagnostic) -> bool:
        if self.codes and finding.code not in self.codes:
            return False
        if self.lines is None:
            hidden = finding.severity == "warning"
        else:
            hidden = finding.path == self.path and finding.line in self.lines
        if hidden:
            self.used.add(finding.code)
        return hidden

    def unused(self) -> Iterator[Diagnostic]:
        place = (self.path, self.line, self.column)
        where = "on that line" if self.lines is not None else "in the book"
        if not self.codes and not self.used:
            message = f"there is no finding {where} to ignore"
            yield Diagnostic(*place, "unused-ignore", message, "remove the comment", "warning")
        for code in dict.fromkeys(self.codes):
            if code not in self.used:
                kind = "finding" if self.lines is not None else "warning"
                message = f"there is no {kind} {code} {where} to ignore"
                yield Diagnostic(*place, "unused-ignore", message, "remove the code", "warning")


class Ignores:
    """The requests in the chapters and the configuration of a book."""

    def __init__(self, book: Book) -> None:
        self._of_file: dict[str, list[_Ignore]] = {}
        for page in book.pages:
            if requests := list(_requests(page)):
                self._of_file[page.path] = requests
        config = book.config
        self._of_book = [
            _Ignore(CONFIG_FILE, config.ignore_line, 1, (code,), None) for code in config.ignore
        ]

    def keep(self, found: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Return the findings that nobody ignores."""
        return [
            finding
            for finding in found
            if not _any([*self._of_file.get(finding.path, ()), *self._of_book], finding)
        ]

    def unused(self) -> list[Diagnostic]:
        """Return a warning for each request that has hidden nothing so far.

        Ask after all findings have been given to :meth:`keep`.
        """
        requests = [request for page in self._of_file.values() for request in page]
        found = [finding for request in requests for finding in request.unused()]
        # A comment cannot excuse itself, the book can.
        kept = [finding for finding in found if not _any(self._of_book, finding)]
        return [*kept, *(finding for request in self._of_book for finding in request.unused())]


def _any(requests: Iterable[_Ignore], finding: Diagnostic) -> bool:
    # Each of those that hide it counts as used, so no `any`.
    return bool([request for request in requests if request.hides(finding)])


def _requests(page: Page) -> Iterator[_Ignore]:
    chapter = page.chapter
    if "polybook:" not in chapter.text:
        return
    marks = frozenset(chapter.lines.line_of(mark.span.start) for mark in chapter.marks)
    for first, after, pattern in _commented(page):
        for number in range(first, after):
            line = chapter.lines.content(number)
            match = pattern.search(line)
            if match is None:
                continue
            alone = not line[: match.start()].strip(_BEFORE) and not line[match.end() :].strip()
            spoken_for = _next(chapter.lines, number, marks) if alone else [number]
            yield _Ignore(
                page.path,
                number + 1,
                match.start() + 1,
                tuple(re.split(r"[\s,]+", match[1].strip(" \t,"))) if match[1].strip() else (),
                frozenset(one + 1 for one in spoken_for),
            )


def _commented(page: Page) -> Iterator[tuple[int, int, re.Pattern[str]]]:
    """Yield the ranges of lines that can hold a request, and how it is written there."""
    for token in page.chapter.tokens:
        if not token.map:
            continue
        first, after = token.map
        if token.type in ("cell", "front_matter"):
            yield first, after, _HASH
        elif token.type == "html_block":
            yield first, after, _COMMENT
        elif token.type == "inline":
            if any(child.type == "html_inline" for child in token.children or []):
                yield first, after, _COMMENT
        elif directive(token):
            yield first, after, _COMMENT


def _next(lines: Lines, number: int, marks: frozenset[int]) -> Iterator[int]:
    """Yield the next line that is not blank, and the mark lines directly below it."""
    number += 1
    while number < len(lines) and not lines.content(number).strip(_BEFORE):
        number += 1
    yield number
    while number + 1 in marks:
        number += 1
        yield number
