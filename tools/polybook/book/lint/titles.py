"""Titles in reStructuredText."""

from __future__ import annotations

from collections.abc import Iterator

from polybook.book.book import Page
from polybook.source import Diagnostic
from polybook.source.directive import directive
from polybook.source.restructured import short_underlines


def check_titles(page: Page) -> Iterator[Diagnostic]:
    """Report titles whose underline is shorter than they are, of which Sphinx complains."""
    if "eval" not in page.chapter.text:
        # The tokens of few chapters are worth being looked at.
        return
    for token in page.chapter.tokens:
        if not token.map:
            continue
        found = directive(token)
        if token.type != "eval_rst" and (found is None or found.name != "eval-rst"):
            continue
        for row, width in short_underlines(token.content):
            message = "the line below this title is too short"
            mend = f"make it {width} characters long; wide ones in the title count twice"
            line = token.map[0] + row + 2
            yield Diagnostic(page.path, line, 1, "short-underline", message, mend)
