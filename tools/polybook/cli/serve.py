"""``polybook serve``: the book in the browser while it is written."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from polybook.cli.opening import open_book
from polybook.cli.options import BookOption
from polybook.execution.keys import Keys
from polybook.execution.run_folder import run_folder
from polybook.findings import findings
from polybook.source import BookError
from polybook.unchanged import book_state, last_build, note_build, store_state

app = typer.Typer()


@app.command("serve")
def serve_command(
    context: typer.Context,
    book: BookOption = None,
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=0, max=65535, help="Any free one for 0.")
    ] = 8000,
    no_execute: Annotated[
        bool, typer.Option("--no-execute", help="Run nothing; show the outputs of the store.")
    ] = False,
) -> None:
    """Show the book in the browser and keep up with its author.

    Builds the website as `build html` does, then serves it on this machine. What is saved is
    shown at once, in the place where it stands; mistakes appear at their lines, and stale cells
    run in the background. Ctrl-C ends it.
    """
    from polybook.preview.server import bind

    sockets = bind(port)
    folder = (book or context.find_root().obj or Path()).resolve()
    try:
        _build(context, folder)
    except BookError as error:
        # The preview says so too, and goes on when it is mended.
        for finding in error.diagnostics:
            print(finding, file=sys.stderr)
        if not folder.is_dir():
            raise
    if asyncio.run(_serve(folder, sockets, not no_execute)):
        os.execv(sys.executable, [sys.executable, "-m", "polybook", *sys.argv[1:]])


def _build(context: typer.Context, folder: Path) -> None:
    """Build the website with the outputs that there are, unless nothing has changed."""
    if last_build(os.fspath(folder), executed=False) or last_build(
        os.fspath(folder), executed=True
    ):
        return
    from polybook.publish.build import build_html

    made_from = book_state(os.fspath(folder)), store_state(os.fspath(folder))
    keys = Keys.of(open_book(context, folder))
    found = findings(keys.book, keys.libraries)
    warned: list[str] = []
    for finding in found:
        print(finding, file=sys.stderr)
        if finding.severity == "warning":
            warned.append(str(finding))

    def warn(line: str) -> None:
        warned.append(line)
        print(line, file=sys.stderr)

    website = build_html(keys, echo=warn)
    if not any(finding.severity == "error" for finding in found):
        note_build(
            os.fspath(folder),
            executed=False,
            made_from=made_from,
            outside=website.outside,
            warned=warned,
            summary=f"{website.pages} pages",
        )


async def _serve(folder: Path, sockets: list, executes: bool) -> bool:
    """Serve until Ctrl-C; tell whether to start again, with other programs."""
    from polybook.preview.preview import Preview
    from polybook.preview.server import HOST, Windows, serve

    loop, done = asyncio.get_running_loop(), asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(each, done.set)
    windows = Windows(loop)
    with run_folder(folder / "_build") as scratch:
        preview = Preview(
            folder,
            scratch,
            executes,
            say=lambda line: print(line, file=sys.stderr, flush=True),
            tell=windows.tell,
            shown=windows.shown,
        )
        preview.on_restart = lambda: loop.call_soon_threadsafe(done.set)
        with preview:
            server = serve(preview, windows, sockets)
            port = sockets[0].getsockname()[1]
            print(f"the book is at http://{HOST}:{port}/ (stop with Ctrl-C)", flush=True)
            await done.wait()
            server.stop()
            await windows.close()
        return preview.restart.is_set()
