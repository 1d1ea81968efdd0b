"""Findings at a place of a page."""

from __future__ import annotations

from polybook.book.book import Page
from polybook.source import Diagnostic, Span
from polybook.source.diagnostic import Severity
from polybook.source.directive import Directive


def finding_at(
    page: Page,
    span: Span,
    code: str,
    message: str,
    suggestion: str = "",
    severity: Severity = "error",
) -> Diagnostic:
    """Return a finding at the beginning of ``span``."""
    lines = page.chapter.lines
    line, column = lines.line_of(span.start) + 1, lines.column_of(span.start) + 1
    return Diagnostic(page.path, line, column, code, message, suggestion, severity)


def column_of(page: Page, directive: Directive) -> int:
    """Return the column, from 1, where ``directive`` begins on its line."""
    line = page.chapter.lines.content(directive.line - 1)
    name = f"{{{directive.name}"
    return max(line.find(name if name in line else ".."), 0) + 1
