"""What goes wrong while notebooks run, in terms of the author's own text."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

from polybook.source.diagnostic import BookError, Diagnostic

Code: TypeAlias = Literal[
    "cell-raised",
    "cell-warned",
    "kernel-died",
    "time-limit",
    "memory-limit",
    "not-started",
    "not-stored",
    "unfit-worker",
    "workers-died",
    "no-worker",
]


class ExecutionError(BookError):
    """Nothing can be executed: an environment is missing or cannot be built."""

    status = 2


class IncompleteError(BookError):
    """Some notebooks are not fresh and cannot run here; everything else went well."""

    status = 3


_SUGGESTIONS: dict[Code, str] = {
    "cell-warned": "mend what it warns of, or declare `warnings: keep` in the front matter",
    "time-limit": "make it faster, or declare `time:` or `cell_time:` in the front matter",
    "memory-limit": "make it smaller, or declare `memory:` in the front matter",
    "unfit-worker": "mend or stop that worker and run `polybook execute` again",
    "workers-died": "run it on this machine, without `--executor`, to see what it does",
    "no-worker": "start a worker that has what it needs and run `polybook execute` again",
}


@attrs.frozen
class Failure:
    """One notebook that did not run to its end.

    Attributes:
        page: The chapter's file, relative to the book's folder.
        framework: The framework whose notebook failed.
        line: The line of the chapter that failed, counted from 1.
        ename: Name of the exception, such as ``ZeroDivisionError``.
        evalue: Text of the exception.
        traceback: What IPython printed, without colours; for a kernel that
            died, the last lines that its process wrote.
        code: Kind of failure.
    """

    page: str
    framework: str
    line: int
    ename: str
    evalue: str
    traceback: str = ""
    code: Code = "cell-raised"

    @property
    def summary(self) -> str:
        """The exception on one line, as Python itself ends a traceback."""
        first_line = self.evalue.strip().partition("\n")[0]
        return f"{self.ename}: {first_line}" if first_line else self.ename

    @property
    def diagnostic(self) -> Diagnostic:
        """The failure as a finding that points at the chapter."""
        return Diagnostic(
            path=self.page,
            line=self.line,
            column=1,
            code=self.code,
            message=f"{self.summary} (in the {self.framework} notebook)",
            suggestion=_SUGGESTIONS.get(self.code, ""),
        )
