"""The command line: words in, calls out, progress and errors on the screen.

Each module that stands in ``_GROUPS`` has an ``app`` with its commands. One that has a name is
a command with commands of its own, such as ``build``; the commands of the others stand beside it.
"""

from __future__ import annotations

import os
import sys

import typer

from polybook import __version__
from polybook.cli import (
    build,
    check,
    environments,
    execute,
    importing,
    inspect,
    library,
    notebooks,
    store,
)
from polybook.cli.options import BookOption
from polybook.source import BookError

# In the order of the help.
_GROUPS = (inspect, check, library, environments, execute, store, notebooks, build, importing)

app = typer.Typer(
    name="polybook",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="""Build one Markdown book for several frameworks.

    A book is a folder with _config.yml (with a section `polybook:` that names
    the frameworks), _toc.yml and chapters. Exit status: 0 all is well, 1 the
    configuration or a chapter is wrong, 2 something could not be executed.
    """,
)
for _group in _GROUPS:
    app.add_typer(_group.app)


@app.callback()
def _common(context: typer.Context, book: BookOption = None) -> None:
    context.obj = book


@app.command("version")
def version_command() -> None:
    """Print polybook's version."""
    print(__version__)


def main() -> None:
    """Run the command line; mistakes of the user end without a traceback."""
    try:
        app()
    except BookError as error:
        for finding in error.diagnostics:
            print(finding, file=sys.stderr)
        sys.exit(error.status)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output has gone, as `| head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
