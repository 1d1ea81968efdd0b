"""``polybook inspect``: the parsed book, for people and programs."""

from __future__ import annotations

from typing import Annotated

import typer

from polybook.cli.opening import open_book
from polybook.cli.options import BookOption, TextOrJson
from polybook.cli.printing import print_json
from polybook.inspection import inspection, outline
from polybook.library import libraries

app = typer.Typer()


@app.command("inspect")
def inspect_command(
    context: typer.Context,
    book: BookOption = None,
    format: Annotated[TextOrJson, typer.Option(help="For people or for programs.")] = (
        TextOrJson.text
    ),
) -> None:
    """Show the parsed book: pages, cells, tabs, labels, references, saved symbols.

    `--format text` prints the pages with their numbers; `--format json` prints
    one object with everything.
    """
    loaded = open_book(context, book)
    if format is TextOrJson.json:
        print_json(inspection(loaded, libraries(loaded)))
    else:
        print(outline(loaded))
