"""What is said of a notebook that took more than it may."""

from __future__ import annotations

from polybook.book.needs import Needs
from polybook.execution.failure import Failure
from polybook.execution.watch import Verdict


def exceeded(
    page: str, framework: str, line: int, verdict: Verdict, needs: Needs, output: str
) -> Failure:
    """Return the failure of a notebook that was ended because of ``verdict``.

    Args:
        page: The chapter's file, relative to the book's folder.
        framework: The framework whose notebook it is.
        line: Line of the cell that ran, from 1.
        verdict: Which limit it broke.
        needs: The limits.
        output: The last lines that it wrote.
    """
    if verdict == "memory-limit":
        held = f"the notebook held more than its memory, {(needs.memory or 0) / 2**30:.3g} GiB"
        return Failure(page, framework, line, "MemoryLimit", held, output, code="memory-limit")
    what, limit = "the notebook ran longer than its time", needs.time
    if verdict == "cell-time-limit":
        what, limit = "the cell ran longer than its cell_time", needs.cell_time or 0
    return Failure(
        page, framework, line, "TimeLimit", f"{what}, {limit:g} s", output, code="time-limit"
    )
