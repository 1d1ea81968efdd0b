"""``polybook build``: the rendered book."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from polybook.cli.build_edition import Build, edition_command
from polybook.cli.execute import require_all
from polybook.cli.executors import Where
from polybook.cli.opening import open_book
from polybook.cli.options import (
    BookOption,
    ExecutorName,
    ExecutorOption,
    JobsOption,
    KeepGoingOption,
    SchedulerOption,
    WarmOption,
)
from polybook.cli.printing import shown
from polybook.cli.refusal import refuse
from polybook.cli.rendering import keys_to_render
from polybook.unchanged import book_state, note_build, store_state

app = typer.Typer(
    name="build",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Render the book; see `build html --help`, and so on.",
)


def _load_pdf() -> Build:
    # Imported here, as below: who asks for help does not wait for it.
    from polybook.publish.latex.pdf import build_pdf

    return build_pdf


def _load_epub() -> Build:
    from polybook.publish.epub.build import build_epub

    return build_epub


app.command("epub")(edition_command("an EPUB", _load_epub))
app.command("pdf")(edition_command("a PDF", _load_pdf))


@app.command("html")
def build_html_command(
    context: typer.Context,
    book: BookOption = None,
    no_execute: Annotated[
        bool, typer.Option("--no-execute", help="Render with the outputs that the store has.")
    ] = False,
    keep_going: KeepGoingOption = False,
    jobs: JobsOption = None,
    warm: WarmOption = True,
    executor: ExecutorOption = ExecutorName.local,
    scheduler: SchedulerOption = None,
) -> None:
    """Run what is stale, then render the website to _build/html.

    If anything fails, the last good website stays as it is. With
    `--keep-going` mistakes in the text do not stop the rendering.
    """
    where = Where(executor, scheduler, jobs, warm)
    folder = os.fspath(book or context.find_root().obj or Path())
    files = book_state(folder)
    loaded = open_book(context, book)
    warned: list[str] = []

    def warn(line: str) -> None:
        warned.append(line)
        print(line, file=sys.stderr)

    # Imported here: when nothing has changed, nobody waits for them.
    from polybook.publish.build import build_html
    from polybook.publish.foreseen import foreseeing

    with foreseeing(loaded):
        ready = keys_to_render(loaded, None, None if no_execute else where, keep_going, warn)
        stored = store_state(folder)
        website = build_html(ready.keys, echo=warn)
    noun = "page" if website.pages == 1 else "pages"
    summary = f"{website.pages} {noun} in {shown(website.folder)}"
    print(f"{summary}; open index.html there")
    refuse(ready.errors)
    if ready.report is not None:
        require_all(ready.report)
    note_build(
        folder,
        executed=not no_execute,
        made_from=(files, stored),
        outside=website.outside,
        warned=warned,
        summary=summary,
    )
