"""The command line: words in, calls out, progress and errors on the screen."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import attrs
import typer
from rich.console import Console

from polybook import __version__
from polybook.book import Book, load_book
from polybook.book.d2lbook import import_d2lbook
from polybook.book.lint import Ignores
from polybook.book.output import fresh_folder
from polybook.execution.environments import Environment
from polybook.execution.failure import ExecutionError
from polybook.execution.jobs import Keys, environments, jobs, stage_libraries
from polybook.execution.schedule import Report, execute, plan
from polybook.execution.store import Store
from polybook.findings import findings
from polybook.inspection import inspection, outline
from polybook.library import Library, differences, libraries, write
from polybook.printing import counted, github, print_failure, print_json, shown
from polybook.source import BookError, Diagnostic
from polybook.source.suggestion import did_you_mean

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
build_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Render the book; see `build html --help`."
)
app.add_typer(build_app, name="build")
import_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Make a book of another tool's project; see `import d2lbook --help`.",
)
app.add_typer(import_app, name="import")


class TextOrJson(StrEnum):
    """Output for people or for programs."""

    text = "text"
    json = "json"


class CheckFormat(StrEnum):
    """Output of ``check``: for people, programs, or annotations on GitHub."""

    text = "text"
    json = "json"
    github = "github"


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


@app.callback()
def _common(context: typer.Context, book: BookOption = None) -> None:
    context.obj = book


@app.command("version")
def version_command() -> None:
    """Print polybook's version."""
    print(__version__)


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
    loaded = _load(context, book)
    if format is TextOrJson.json:
        print_json(inspection(loaded, libraries(loaded)))
    else:
        print(outline(loaded))


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
    # What is read stays until the end, so looking for garbage in it over and over, a fifth of the
    # time for a big book, is in vain.
    gc.disable()
    try:
        loaded = _load(context, book)
        found = findings(loaded, libraries(loaded))
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
    if any(finding.severity == "error" for finding in found):
        raise typer.Exit(1)


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
    loaded = _load(context, book)
    found = libraries(loaded)
    errors = _errors(_of_libraries(loaded, found))
    if errors and not keep_going:
        raise BookError(*errors)
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
    _refuse([*errors, *outdated])
    if check:
        print("the library is up to date")


@app.command("env")
def env_command(
    context: typer.Context, book: BookOption = None, framework: FrameworkOption = None
) -> None:
    """Create the environment of each framework from its pinned requirements.

    An environment that is there and up to date is left alone; one that cannot
    be built does not keep the others from being built.
    """
    loaded = _load(context, book)
    failed: list[Diagnostic] = []
    for name, environment in _chosen(loaded, framework).items():
        if environment.is_ready():
            print(f"{name}: ready")
            continue
        print(f"{name}: installing {loaded.config.framework(name).environment} ...", flush=True)
        try:
            environment.create()
        except ExecutionError as error:
            failed += error.diagnostics
        else:
            print(f"{name}: ready")
    if failed:
        raise ExecutionError(*failed)


@app.command("execute")
def execute_command(
    context: typer.Context,
    book: BookOption = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Say what would run, and why; run nothing.")
    ] = False,
    framework: FrameworkOption = None,
    jobs: JobsOption = None,
    format: Annotated[TextOrJson, typer.Option(help="Output of --plan.")] = TextOrJson.text,
) -> None:
    """Run the notebooks whose outputs are not in the store.

    A notebook runs again when its code, the library symbols that it uses or
    its framework's locked environment have changed; never because of prose.
    """
    loaded = _load(context, book)
    _chosen(loaded, framework)
    if plan:
        _print_plan(loaded, framework, format)
        return
    _execute(loaded, framework, jobs)


@app.command("notebooks")
def notebooks_command(
    context: typer.Context, book: BookOption = None, framework: FrameworkOption = None
) -> None:
    """Write the readers' notebooks to _build/notebooks, with the stored outputs.

    References become links, pictures are attached, and the text and code of
    other frameworks are left out.
    """
    from polybook.notebook.write import write_notebooks

    loaded = _load(context, book)
    found = libraries(loaded)
    _refuse(findings(loaded, found))
    keys = Keys(loaded, found, environments(loaded))
    store = _store(loaded)
    chosen = list(_chosen(loaded, framework))
    with fresh_folder(loaded.build / "notebooks") as folder:
        count = write_notebooks(
            loaded,
            folder,
            lambda page, name: store.get(page.path, name, keys.key(page, name)),
            chosen,
        )
    print(f"{count} notebooks in {shown(loaded.build / 'notebooks')}")


@build_app.command("html")
def build_html_command(
    context: typer.Context,
    book: BookOption = None,
    no_execute: Annotated[
        bool, typer.Option("--no-execute", help="Render with the outputs that the store has.")
    ] = False,
    keep_going: KeepGoingOption = False,
    jobs: JobsOption = None,
) -> None:
    """Run what is stale, then render the website to _build/html.

    If anything fails, the last good website stays as it is. With
    `--keep-going` mistakes in the text do not stop the rendering.
    """
    loaded = _load(context, book)
    errors = _errors(findings(loaded, libraries(loaded)))
    if errors and not keep_going:
        raise BookError(*errors)
    if no_execute:
        _warn_of_missing_outputs(loaded)
    else:
        _execute(loaded, None, jobs)
    from polybook.publish.build import build_html

    website = build_html(loaded, echo=lambda line: print(line, file=sys.stderr))
    noun = "page" if website.pages == 1 else "pages"
    print(f"{website.pages} {noun} in {shown(website.folder)}; open index.html there")
    _refuse(errors)


@import_app.command("d2lbook")
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
    _need_folder(folder, "check the path")
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


def _load(context: typer.Context, book: Path | None) -> Book:
    root = context.find_root().obj
    folder = book or root or Path()
    _need_folder(folder, "check --book")
    return load_book(folder)


def _need_folder(folder: Path, suggestion: str) -> None:
    if not folder.is_dir():
        message = "there is no such folder"
        raise BookError(Diagnostic(str(folder), 1, 1, "missing-folder", message, suggestion))


def _errors(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Print warnings and return the errors."""
    errors = []
    for finding in found:
        if finding.severity == "error":
            errors.append(finding)
        else:
            print(finding, file=sys.stderr)
    return errors


def _refuse(found: Iterable[Diagnostic]) -> None:
    """Print warnings; raise if there is an error."""
    if errors := _errors(found):
        raise BookError(*errors)


def _of_libraries(book: Book, found: Mapping[str, Library]) -> Iterable[Diagnostic]:
    """Return what is wrong in the libraries alone and not ignored."""
    return Ignores(book).keep(
        finding for library in found.values() for finding in library.diagnostics
    )


def _chosen(book: Book, framework: str | None) -> dict[str, Environment]:
    """Return the environments of all frameworks, or of the one that was named."""
    every = environments(book)
    if framework is None:
        return every
    if framework not in every:
        raise BookError(
            Diagnostic(
                "_config.yml",
                1,
                1,
                "unknown-framework",
                f"the book has no framework '{framework}'",
                did_you_mean(framework, every, "its frameworks are"),
            )
        )
    return {framework: every[framework]}


def _store(book: Book) -> Store:
    return Store(book.build / "store", warn=lambda finding: print(finding, file=sys.stderr))


def _execute(book: Book, framework: str | None, slots: int | None) -> Report:
    """Run what is stale; raise if something failed, after everything else has run."""
    from polybook.progress import progress

    keys = Keys.of(book)
    _refuse(_of_libraries(book, keys.libraries))
    _refuse(Ignores(book).keep(one for page in book.pages for one in page.chapter.diagnostics))
    book.build.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=book.build, prefix="run-") as scratch:
        library = Path(scratch) / "library"
        stage_libraries(book, keys.libraries, library)
        listener = progress(Console())
        with listener:
            report = execute(
                jobs(book, keys, framework),
                store=_store(book),
                environments=keys.environments,
                library=library,
                scratch=Path(scratch) / "work",
                slots=slots or os.cpu_count() or 1,
                report=listener,
            )
    for failure in report.failures:
        print_failure(failure)
    listener.summarize(report)
    if report.diagnostics:
        raise ExecutionError(*report.diagnostics)
    return report


def _print_plan(book: Book, framework: str | None, format: TextOrJson) -> None:
    planned = plan(jobs(book, Keys.of(book), framework), _store(book))
    if format is TextOrJson.json:
        print_json([attrs.asdict(one) for one in planned])
        return
    for one in planned:
        print(
            f"{one.state:8}{one.page} ({one.framework})" + (f": {one.reason}" if one.reason else "")
        )
    stale = sum(one.state != "fresh" for one in planned)
    print(f"{stale} of {len(planned)} notebooks would run")


def _warn_of_missing_outputs(book: Book) -> None:
    planned = plan(jobs(book, Keys.of(book)), _store(book))
    missing = sum(one.state != "fresh" for one in planned)
    if missing:
        print(
            f"{missing} of {len(planned)} notebooks have no up-to-date outputs; "
            "their cells are shown without",
            file=sys.stderr,
        )
