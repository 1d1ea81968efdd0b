"""``polybook build pdf``: the printed book, one file for each framework."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from polybook.cli.execute import require_all
from polybook.cli.executors import Where
from polybook.cli.opening import open_book
from polybook.cli.options import (
    BookOption,
    ExecutorName,
    ExecutorOption,
    FrameworkOption,
    JobsOption,
    KeepGoingOption,
    SchedulerOption,
    WarmOption,
)
from polybook.cli.outputs import chosen_environments
from polybook.cli.printing import shown
from polybook.cli.refusal import refuse
from polybook.cli.rendering import keys_to_render


def build_pdf_command(
    context: typer.Context,
    book: BookOption = None,
    framework: FrameworkOption = None,
    no_execute: Annotated[
        bool, typer.Option("--no-execute", help="Render with the outputs that the store has.")
    ] = False,
    keep_going: KeepGoingOption = False,
    jobs: JobsOption = None,
    warm: WarmOption = True,
    executor: ExecutorOption = ExecutorName.local,
    scheduler: SchedulerOption = None,
) -> None:
    """Run what is stale, then make a PDF for each framework in _build/pdf.

    If anything fails, the last good file stays as it is; a file that would be the same is not
    written again.
    """
    loaded = open_book(context, book)
    chosen = list(chosen_environments(loaded, framework))
    where = None if no_execute else Where(executor, scheduler, jobs, warm)

    def warn(line: str) -> None:
        print(line, file=sys.stderr)

    # Imported here: who asks for help does not wait for it.
    from polybook.publish.latex.pdf import build_pdf

    ready = keys_to_render(loaded, framework, where, keep_going, warn)
    for edition in build_pdf(ready.keys, chosen, echo=warn):
        print(shown(edition.file))
    refuse(ready.errors)
    if ready.report is not None:
        require_all(ready.report)
