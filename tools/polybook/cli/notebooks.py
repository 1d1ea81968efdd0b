"""``polybook notebooks``: what readers download and run."""

from __future__ import annotations

import typer
from nbformat import NotebookNode

from polybook.book import Page
from polybook.book.output import fresh_folder
from polybook.cli.opening import open_book
from polybook.cli.options import BookOption, FrameworkOption
from polybook.cli.outputs import chosen_environments, open_store
from polybook.cli.printing import shown
from polybook.cli.refusal import refuse
from polybook.execution.environments import environments_of
from polybook.execution.keys import Keys
from polybook.findings import findings
from polybook.library import libraries

app = typer.Typer()


@app.command("notebooks")
def notebooks_command(
    context: typer.Context, book: BookOption = None, framework: FrameworkOption = None
) -> None:
    """Write the readers' notebooks to _build/notebooks, with the stored outputs.

    References become links, pictures are attached, and the text and code of
    other frameworks are left out.
    """
    from polybook.notebook.write import write_notebooks

    loaded = open_book(context, book)
    found = libraries(loaded)
    refuse(findings(loaded, found))
    keys = Keys(loaded, found, environments_of(loaded))
    store = open_store(loaded)
    chosen = list(chosen_environments(loaded, framework))

    def executed(page: Page, name: str) -> NotebookNode | None:
        stored = store.get(page.path, name, keys.key(page, name))
        return stored.notebook if stored else None

    with fresh_folder(loaded.build / "notebooks") as folder:
        count = write_notebooks(loaded, folder, executed, chosen)
    print(f"{count} notebooks in {shown(loaded.build / 'notebooks')}")
