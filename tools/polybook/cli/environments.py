"""``polybook env``: what the notebooks of each framework need, installed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed

import typer

from polybook.cli.opening import open_book
from polybook.cli.options import BookOption, FrameworkOption
from polybook.cli.outputs import chosen_environments
from polybook.execution.failure import ExecutionError
from polybook.source import Diagnostic

app = typer.Typer()

_AT_A_TIME = 2
"""Environments that are built together: pip waits for the network, then for the processor."""


@app.command("env")
def env_command(
    context: typer.Context, book: BookOption = None, framework: FrameworkOption = None
) -> None:
    """Create the environment of each framework from its pinned requirements.

    An environment that is there and up to date is left alone; one that cannot
    be built does not keep the others from being built.
    """
    loaded = open_book(context, book)
    failed: list[Diagnostic] = []
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        building = {}
        for name, environment in chosen_environments(loaded, framework).items():
            if environment.is_ready():
                print(f"{name}: ready")
                continue
            print(f"{name}: installing {loaded.config.framework(name).environment} ...", flush=True)
            building[pool.submit(environment.create)] = name
        try:
            for done in as_completed(building):
                try:
                    done.result()
                except ExecutionError as error:
                    failed += error.diagnostics
                else:
                    print(f"{building[done]}: ready", flush=True)
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            raise
    if failed:
        raise ExecutionError(*failed)
