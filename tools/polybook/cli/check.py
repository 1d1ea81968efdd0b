"""``polybook check``: what is wrong in a book."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from typing import Annotated

import attrs
import typer

from polybook.cli.opening import open_book
from polybook.cli.options import BookOption
from polybook.cli.printing import counted, github, print_json
from polybook.findings import all_findings
from polybook.lasting import lasting
from polybook.source import BookError

app = typer.Typer()


class CheckFormat(StrEnum):
    """Output of ``check``: for people, programs, or annotations on GitHub."""

    text = "text"
    json = "json"
    github = "github"


@app.command("check")
def check_command(
    context: typer.Context,
    book: BookOption = None,
    format: Annotated[CheckFormat, typer.Option(help="How findings are printed.")] = (
        CheckFormat.text
    ),
) -> None:
    """Find mistakes in the configuration, the chapters and the library, without running anything.

    Each finding has file, line, column, a stable code and, where possible, a
    suggestion. The exit status is 1 if any of them is an error. What each code
    means, with an example and how to mend it, stands in DIAGNOSTICS.md of the
    toolchain. `<!-- polybook: ignore CODE -->` on the line before, or in a cell
    `# polybook: ignore CODE`, hides a finding.
    """
    try:
        with lasting():
            found = all_findings(open_book(context, book))
    except BookError as error:
        found = list(error.diagnostics)
    if format is CheckFormat.json:
        print_json([attrs.asdict(finding) for finding in found])
    elif format is CheckFormat.github:
        for finding in found:
            print(github(finding))
    else:
        for finding in found:
            print(finding)
        print(counted(found))
    sys.stdout.flush()
    # Taking apart all that was read takes as long as reading a good part of it.
    os._exit(any(finding.severity == "error" for finding in found))
