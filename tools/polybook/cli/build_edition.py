"""``polybook build pdf`` and ``polybook build epub``: the whole book in one file per framework."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Protocol

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
from polybook.execution.keys import Keys


class Edition(Protocol):
    """A finished file for one framework."""

    @property
    def file(self) -> Path:
        """Where it lies."""


Build = Callable[[Keys, Sequence[str], Callable[[str], None]], Sequence[Edition]]


def edition_command(shape: str, load: Callable[[], Build]) -> Callable[..., None]:
    """Return the command that makes an edition for each framework.

    Args:
        shape: What it is called in the help, such as ``a PDF``.
        load: Returns what builds the editions; called when it is needed.
    """

    def command(
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
        loaded = open_book(context, book)
        chosen = list(chosen_environments(loaded, framework))
        where = None if no_execute else Where(executor, scheduler, jobs, warm)

        def warn(line: str) -> None:
            print(line, file=sys.stderr)

        ready = keys_to_render(loaded, framework, where, keep_going, warn)
        for edition in load()(ready.keys, chosen, warn):
            print(shown(edition.file))
        refuse(ready.errors)
        if ready.report is not None:
            require_all(ready.report)

    folder = f"_build/{shape.split()[-1].lower()}"
    command.__doc__ = f"""Run what is stale, then make {shape} for each framework in {folder}.

    If anything fails, the last good file stays as it is; a file that would be the same is not
    written again.
    """
    return command
