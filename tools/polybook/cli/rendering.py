"""What every rendered form of a book takes: a book without errors, and its notebooks run."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from polybook.book import Book
from polybook.cli.execute import run_stale
from polybook.cli.executors import Where
from polybook.cli.outputs import missing_outputs
from polybook.cli.refusal import refuse
from polybook.execution.keys import Keys
from polybook.execution.schedule import Report
from polybook.findings import findings
from polybook.source import Diagnostic


@attrs.frozen
class Ready:
    """A book that can be rendered.

    Attributes:
        keys: Its keys.
        errors: The mistakes in its text, with which it is rendered nevertheless.
        report: What became of its notebooks; None if they were not to be run.
    """

    keys: Keys
    errors: list[Diagnostic]
    report: Report | None


def keys_to_render(
    book: Book,
    framework: str | None,
    where: Where | None,
    keep_going: bool,
    warn: Callable[[str], None],
) -> Ready:
    """Refuse a book with errors, and run what is stale.

    Args:
        book: The book.
        framework: The only one whose notebooks are run; None for all.
        where: Where they run; None to render with the outputs that the store has.
        keep_going: Whether mistakes in the text shall not stop the rendering.
        warn: Takes the lines of warnings.

    Raises:
        BookError: The book has errors, or a notebook cannot be run.
    """
    keys = Keys.of(book)
    errors = refuse(findings(book, keys.libraries), keep_going, warn)
    if where is not None:
        return Ready(keys, errors, run_stale(keys, framework, where))
    missing, every = missing_outputs(keys)
    if missing:
        warn(
            f"{missing} of {every} notebooks have no up-to-date outputs; "
            "their cells are shown without"
        )
    return Ready(keys, errors, None)
