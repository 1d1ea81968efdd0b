"""The command line: words in, calls out, progress and errors on the screen.

Each module that stands in ``_MODULES`` has an ``app`` with one command, which may have commands
of its own, as ``build`` has. It is imported when its command is called: who checks a book does
not wait for what runs notebooks.
"""

from __future__ import annotations

import importlib
import os
import sys

import typer
from typer.core import TyperGroup

from polybook import __version__
from polybook.cli.options import BookOption
from polybook.cli.system_error import refused_by_system
from polybook.source import BookError

# In the order of the help.
_MODULES = {
    "inspect": "inspect",
    "check": "check",
    "library": "library",
    "env": "environments",
    "execute": "execute",
    "store": "store",
    "notebooks": "notebooks",
    "build": "build",
    "serve": "serve",
    "import": "importing",
}
"""The module of this package that has each command."""


class _Commands(TyperGroup):
    """The commands of ``_MODULES`` and those that stand here."""

    def list_commands(self, ctx: typer.Context) -> list[str]:
        return [*_MODULES, *super().list_commands(ctx)]

    def get_command(self, ctx: typer.Context, cmd_name: str) -> object:
        if cmd_name not in _MODULES:
            return super().get_command(ctx, cmd_name)
        module = importlib.import_module(f"polybook.cli.{_MODULES[cmd_name]}")
        # Below a parent, as the parent's settings are the children's.
        parent = typer.Typer(rich_markup_mode=None)
        parent.add_typer(module.app)
        return typer.main.get_group(parent).commands[cmd_name]


app = typer.Typer(
    name="polybook",
    cls=_Commands,
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
    except OSError as error:
        finding = refused_by_system(error)
        if finding is None:
            raise
        print(finding, file=sys.stderr)
        sys.exit(2)
