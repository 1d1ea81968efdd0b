"""``polybook library``: the saved cells as modules."""

from __future__ import annotations

from typing import Annotated

import typer

from polybook.cli.opening import open_book
from polybook.cli.options import BookOption, KeepGoingOption
from polybook.cli.refusal import library_findings, refuse
from polybook.library import differences, libraries, write
from polybook.source import Diagnostic

app = typer.Typer()


@app.command("library")
def library_command(
    context: typer.Context,
    book: BookOption = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if a module is out of date.")
    ] = False,
    keep_going: KeepGoingOption = False,
) -> None:
    """Extract the `#@save` cells into the library, one module per framework.

    With errors in saved cells nothing is written, or, with `--keep-going`,
    the modules without what is wrong.
    """
    loaded = open_book(context, book)
    found = libraries(loaded)
    errors = refuse(library_findings(loaded, found), keep_going)
    outdated = []
    for name, library in found.items():
        framework = loaded.config.framework(name)
        path = loaded.folder / framework.library_path
        if check:
            if difference := differences(library, path):
                print(difference, end="")
                outdated.append(
                    Diagnostic(
                        framework.library_path,
                        1,
                        1,
                        "outdated-library",
                        "this module is not what the chapters say",
                        "run `polybook library` and commit the result",
                    )
                )
        else:
            changed = write(library, path)
            print(f"{framework.library_path}: {'written' if changed else 'up to date'}")
    refuse([*errors, *outdated])
    if check:
        print("the library is up to date")
