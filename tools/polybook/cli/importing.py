"""``polybook import``: another tool's project as a book."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from polybook.book.d2lbook import import_d2lbook
from polybook.cli.opening import need_folder
from polybook.cli.printing import shown

app = typer.Typer(
    name="import",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Make a book of another tool's project; see `import d2lbook --help`.",
)


@app.command("d2lbook")
def import_d2lbook_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder with config.ini.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be written; write nothing.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
) -> None:
    """Write _config.yml and _toc.yml beside the config.ini of a d2lbook project.

    Frameworks, aliases, library modules, parts and numbers are taken over;
    the chapters stay untouched. What cannot be taken over is listed.
    """
    need_folder(folder, "check the path")
    imported = import_d2lbook(folder)
    for finding in imported.warnings:
        print(finding, file=sys.stderr)
    for note in imported.notes:
        print(f"note: {note}", file=sys.stderr)
    if dry_run:
        for name, text in imported.files.items():
            print(f"==> {shown(folder / name)} <==\n{text}")
        return
    imported.write(force)
    for name in imported.files:
        print(f"{shown(folder / name)}: written")
