"""``polybook execute``: the notebooks whose outputs are not in the store."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Annotated

import attrs
import typer
from rich.console import Console

from polybook.book import Book
from polybook.book.lint import Ignores
from polybook.cli.opening import chosen_environments, open_book, open_store
from polybook.cli.options import BookOption, FrameworkOption, JobsOption, TextOrJson
from polybook.cli.printing import print_failure, print_json
from polybook.cli.refusal import library_findings, refuse
from polybook.execution.failure import ExecutionError
from polybook.execution.jobs import Keys, jobs, stage_libraries
from polybook.execution.schedule import Report, execute, plan

app = typer.Typer()


@app.command("execute")
def execute_command(
    context: typer.Context,
    book: BookOption = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Say what would run, and why; run nothing.")
    ] = False,
    framework: FrameworkOption = None,
    jobs: JobsOption = None,
    format: Annotated[TextOrJson, typer.Option(help="Output of --plan.")] = TextOrJson.text,
) -> None:
    """Run the notebooks whose outputs are not in the store.

    A notebook runs again when its code, the library symbols that it uses or
    its framework's locked environment have changed; never because of prose.
    """
    loaded = open_book(context, book)
    chosen_environments(loaded, framework)
    if plan:
        _print_plan(loaded, framework, format)
        return
    run_stale(loaded, framework, jobs)


def run_stale(book: Book, framework: str | None, slots: int | None) -> Report:
    """Run what is stale; raise if something failed, after everything else has run."""
    from polybook.cli.progress import progress

    keys = Keys.of(book)
    refuse(library_findings(book, keys.libraries))
    refuse(Ignores(book).keep(one for page in book.pages for one in page.chapter.diagnostics))
    book.build.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=book.build, prefix="run-") as scratch:
        library = Path(scratch) / "library"
        stage_libraries(book, keys.libraries, library)
        listener = progress(Console())
        with listener:
            report = execute(
                jobs(book, keys, framework),
                store=open_store(book),
                environments=keys.environments,
                library=library,
                scratch=Path(scratch) / "work",
                slots=slots or os.cpu_count() or 1,
                report=listener,
            )
    for failure in report.failures:
        print_failure(failure)
    listener.summarize(report)
    if report.diagnostics:
        raise ExecutionError(*report.diagnostics)
    return report


def _print_plan(book: Book, framework: str | None, format: TextOrJson) -> None:
    planned = plan(jobs(book, Keys.of(book), framework), open_store(book))
    if format is TextOrJson.json:
        print_json([attrs.asdict(one) for one in planned])
        return
    for one in planned:
        print(
            f"{one.state:8}{one.page} ({one.framework})" + (f": {one.reason}" if one.reason else "")
        )
    stale = sum(one.state != "fresh" for one in planned)
    print(f"{stale} of {len(planned)} notebooks would run")
