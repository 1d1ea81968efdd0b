"""The options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class TextOrJson(StrEnum):
    """Output for people or for programs."""

    text = "text"
    json = "json"


class ExecutorName(StrEnum):
    """Where notebooks run."""

    local = "local"
    dask = "dask"


BookOption = Annotated[
    Path | None,
    typer.Option("--book", metavar="DIR", help="Folder of the book.", show_default="this folder"),
]
KeepGoingOption = Annotated[
    bool,
    typer.Option(
        "--keep-going",
        help="Do what can be done in spite of errors in the book; exit 1 at the end.",
    ),
]
FrameworkOption = Annotated[
    str | None, typer.Option("--framework", metavar="F", help="Only this framework.")
]
JobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs", metavar="N", min=1, help="Notebooks at a time.", show_default="one per core"
    ),
]
WarmOption = Annotated[
    bool,
    typer.Option(
        "--warm/--cold",
        help="Fork kernels from a process with the framework's imports done, or start each anew.",
    ),
]
ExecutorOption = Annotated[
    ExecutorName,
    typer.Option(
        "--executor",
        help="Run on this machine, or on the workers of a Dask cluster, started with "
        "`dask worker ADDRESS --preload polybook.execution.worker`.",
    ),
]
SchedulerOption = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help="Dask's scheduler, such as tcp://host:8786; for `--executor dask`.",
        show_default="DASK_SCHEDULER_ADDRESS",
    ),
]
