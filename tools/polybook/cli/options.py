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
