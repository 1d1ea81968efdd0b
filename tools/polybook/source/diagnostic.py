"""What is wrong with a source text, where, and how to mend it."""

from __future__ import annotations

from typing import Literal

import attrs

Severity = Literal["error", "warning"]


@attrs.frozen(order=True)
class Diagnostic:
    """One finding about a book, pointing at the author's own text.

    Attributes:
        path: File of the finding, relative to the book's folder, with ``/``.
        line: Line in that file, counted from 1.
        column: Column in that line, counted from 1, in characters.
        code: Stable name of the kind of finding, such as ``undefined-label``.
        message: What is wrong, one sentence without a full stop.
        suggestion: How to mend it; empty when the message says it all.
        severity: ``"error"`` stops a build, ``"warning"`` does not.
    """

    path: str
    line: int
    column: int
    code: str
    message: str
    suggestion: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}:{self.column}"
        text = f"{where}: {self.severity}: {self.message} [{self.code}]"
        return f"{text}\n    {self.suggestion}" if self.suggestion else text


class BookError(Exception):
    """A user's mistake that stops the work: one or more diagnostics.

    The command line prints the diagnostics, without a traceback, and exits
    with ``status``: 1 for configuration and source, 2 for execution.
    """

    status = 1

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("\n".join(str(diagnostic) for diagnostic in diagnostics))
        self.diagnostics = diagnostics
