"""Findings at a place of a page."""

from __future__ import annotations

from polybook.book.book import Page
from polybook.source import Diagnostic, Span
from polybook.source.diagnostic import Severity


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
