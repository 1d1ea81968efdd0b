"""``??``, which LaTeX writes where a reference has no number, and which an author may write."""

from __future__ import annotations

from collections.abc import Iterable

from markdown_it.token import Token

from polybook.book import Page

MARK = "??"


def is_the_authors(page: Page) -> bool:
    """Tell whether the prose of a chapter has the mark itself: there it says nothing."""
    return _stands_in(page.chapter.tokens)


def _stands_in(tokens: Iterable[Token]) -> bool:
    return any(
        (each.type == "text" and MARK in each.content) or _stands_in(each.children or ())
        for each in tokens
    )
