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

from polybook.cli.build import build_html_command
from polybook.cli.options import BookOption
from polybook.execution.run_folder import run_folder
from polybook.source import BookError
from polybook.unchanged import last_build

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
    """Build the website with the outputs that there are, unless nothing has changed.

    Raises:
        BookError: The book has mistakes; it may have been built nevertheless.
    """
    if any(last_build(os.fspath(folder), executed) for executed in (True, False)):
        return
    build_html_command(context, folder, no_execute=True, keep_going=True)


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
