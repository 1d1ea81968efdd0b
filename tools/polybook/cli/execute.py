"""``polybook execute``: the notebooks whose outputs are not in the store."""

from __future__ import annotations

import sys
from typing import Annotated

import attrs
import typer
from rich.console import Console

from polybook.book import Book
from polybook.cli.executors import Where, open_executor
from polybook.cli.opening import open_book
from polybook.cli.options import (
    BookOption,
    ExecutorName,
    ExecutorOption,
    FrameworkOption,
    JobsOption,
    SchedulerOption,
    TextOrJson,
    WarmOption,
)
from polybook.cli.outputs import chosen_environments, open_shared_store
from polybook.cli.printing import print_failure, print_json
from polybook.cli.refusal import refuse_to_run
from polybook.execution.explanation import explain
from polybook.execution.failure import ExecutionError, IncompleteError
from polybook.execution.jobs import jobs
from polybook.execution.keys import Keys
from polybook.execution.local import makespan
from polybook.execution.schedule import Planned, Report, execute, longest_first, plan
from polybook.lasting import lasting

app = typer.Typer()


@app.command("execute")
def execute_command(
    context: typer.Context,
    book: BookOption = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Say what would run, and why; run nothing.")
    ] = False,
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Run nothing; exit 1 if a notebook is stale, 3 if some cannot run here.",
        ),
    ] = False,
    framework: FrameworkOption = None,
    jobs: JobsOption = None,
    warm: WarmOption = True,
    executor: ExecutorOption = ExecutorName.local,
    scheduler: SchedulerOption = None,
    format: Annotated[TextOrJson, typer.Option(help="Output of --plan.")] = TextOrJson.text,
) -> None:
    """Run the notebooks whose outputs are not in the store.

    A notebook runs again when its code, the library symbols that it uses, the
    data that it declares or its framework's locked environment have changed;
    never because of prose. What a shared store has is fetched, also for
    `--plan` and `--check`, and need not run. The exit status is 2 if a notebook failed, 3 if one
    could not run here.
    """
    where = Where(executor, scheduler, jobs, warm)
    loaded = open_book(context, book)
    chosen_environments(loaded, framework)
    if plan or check:
        planned = planned_notebooks(loaded, framework, where, format, quiet=check and not plan)
        if check:
            _exit_with(planned)
        return
    with lasting():
        keys = Keys.of(loaded)
    require_all(run_stale(keys, framework, where))


def run_stale(keys: Keys, framework: str | None, where: Where) -> Report:
    """Run what is stale; raise if something failed, after everything else has run.

    What cannot run here is in the report, and told to the user.
    """
    from polybook.cli.progress import progress

    book = keys.book
    with lasting():
        refuse_to_run(book, keys.libraries)
        # Before the progress is shown, whose thread would keep a large book in one process.
        wanted = jobs(book, keys, framework)
    listener = progress(Console())
    with (
        listener,
        where.kernels(book, keys) as kernels,
        open_executor(book, keys, where, kernels) as executor,
    ):
        report = execute(
            wanted,
            store=open_shared_store(book),
            executor=executor,
            report=listener,
        )
    for failure in report.failures:
        print_failure(failure)
    listener.summarize(report)
    if report.failures:
        raise ExecutionError(*report.diagnostics)
    return report


def require_all(report: Report) -> None:
    """Raise if some notebook could not run here, with each reason once."""
    if report.unknown:
        raise IncompleteError(*report.diagnostics)


def planned_notebooks(
    book: Book,
    framework: str | None,
    where: Where,
    format: TextOrJson = TextOrJson.text,
    quiet: bool = False,
) -> list[Planned]:
    """Return the plan and print it; with ``quiet`` only what is not fresh."""
    with lasting():
        keys = Keys.of(book)
        wanted = jobs(book, keys, framework)
    store = open_shared_store(book)
    pages = {page.path: page for page in book.pages}
    with open_executor(book, keys, where) as executor:
        machine = executor.machine
        planned = plan(
            wanted,
            store=store,
            executor=executor,
            explain=lambda job, change: explain(keys, pages[job.page], job.framework, change),
        )
    if format is TextOrJson.json:
        print_json([attrs.asdict(one) for one in planned])
        return planned
    for one in planned:
        if one.state != "fresh" or not quiet:
            reason = f": {one.reason}" if one.reason else ""
            print(f"{one.state:8}{one.page} ({one.framework}){reason}")
    stale = [job for job, one in zip(wanted, planned, strict=True) if one.state == "stale"]
    line = f"{len(stale)} of {len(planned)} notebooks would run"
    waiting = longest_first(stale, store)
    if any(each.before for each in waiting):
        line += f", in about {_duration(makespan(waiting, machine, where.cores))}"
        if never := sum(each.before is None for each in waiting):
            line += f" ({never} of them never ran and are taken for average)"
    if unknown := sum(one.state == "unknown" for one in planned):
        line += f"; {unknown} cannot run here"
    print(line)
    return planned


def _exit_with(planned: list[Planned]) -> None:
    states = {one.state for one in planned}
    if "stale" in states:
        sys.exit(1)
    if "unknown" in states:
        sys.exit(IncompleteError.status)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
