"""``polybook store``: what the store holds, whether it is whole, what it can do without."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import attrs
import typer

from polybook.book import Book
from polybook.cli.opening import open_book
from polybook.cli.options import BookOption, TextOrJson
from polybook.cli.outputs import open_store
from polybook.cli.printing import print_json, shown
from polybook.cli.refusal import refuse_to_run
from polybook.execution.keys import Keys
from polybook.execution.store import Store
from polybook.execution.upkeep import Listed, Size, collect_garbage, contents, current_records
from polybook.execution.upkeep import verify as verify_store
from polybook.source import BookError, Diagnostic

app = typer.Typer(
    name="store",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Look after the executed notebooks in _build/store; see `store ls --help`.",
)

_HEAD = ("page", "framework", "state", "seconds", "MiB", "size", "host")
# Numbers stand at the right.
_NUMBERS = frozenset({"seconds", "MiB", "size"})


@app.command("ls")
def ls_command(
    context: typer.Context,
    book: BookOption = None,
    format: Annotated[TextOrJson, typer.Option(help="For people or for programs.")] = (
        TextOrJson.text
    ),
) -> None:
    """List the executed notebooks, and say how much they take.

    `fresh` are those that the book needs as it is now; `old` ones tell how
    long a notebook took and why it is stale. MiB is the most memory that the
    run held.
    """
    loaded = open_book(context, book)
    current = current_records(loaded, Keys.of(loaded))
    with _usable(loaded) as store:
        listed, size = contents(store, current)
    if format is TextOrJson.json:
        print_json({"notebooks": [_values(one) for one in listed], "size": attrs.asdict(size)})
        return
    if listed:
        print("\n".join(_table([_HEAD, *map(_row, listed)])))
    print(_report(size))


@app.command("verify")
def verify_command(context: typer.Context, book: BookOption = None) -> None:
    """Read all of the store, and report what is damaged; exit 1 if anything is.

    Damaged notebooks count as missing and run again. What writers that died
    have left, and what no record names, is reported and does no harm.
    """
    with _usable(open_book(context, book)) as store:
        verified = verify_store(store)
    for finding in verified.findings:
        print(attrs.evolve(finding, path=shown(store.folder / finding.path)))
    damaged = sum(finding.severity == "error" for finding in verified.findings)
    left = len(verified.findings) - damaged
    print(f"{_count(verified.whole, 'notebook')} whole, {damaged} damaged, {left} left over")
    if damaged:
        raise typer.Exit(1)


@app.command("gc")
def gc_command(
    context: typer.Context,
    book: BookOption = None,
    keep: Annotated[
        int,
        typer.Option(
            min=0, metavar="N", help="Old runs of each notebook that stay, the latest ones."
        ),
    ] = 1,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be freed; remove nothing.")
    ] = False,
) -> None:
    """Remove what no notebook of the book needs, also while builds run.

    The outputs that the book needs as it is now always stay, and of each
    notebook the latest older run, by which durations and the reasons in
    `execute --plan` are known.
    """
    loaded = open_book(context, book)

    def current() -> frozenset[str]:
        keys = Keys.of(loaded)
        # With errors in the book all outputs would look old.
        refuse_to_run(loaded, keys.libraries)
        return current_records(loaded, keys)

    with _usable(loaded) as store:
        freed = collect_garbage(store, current, keep=keep, dry_run=dry_run)
    parts = [
        _count(freed.records, "record"),
        _count(freed.objects, "notebook"),
        _count(freed.half_written, "half-written file"),
    ]
    print(f"{'would free' if dry_run else 'freed'} {_size(freed.bytes)}: {', '.join(parts)}")


@app.command("keygen")
def keygen_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Becomes the private key.")],
) -> None:
    """Make a key with which a writer signs outputs, and print its public half.

    The writer sets POLYBOOK_STORE_KEY to FILE, which stays secret. Readers
    list the public key in _config.yml, `polybook: store: trusted:`; then
    shared outputs count only if a listed writer has signed them.
    """
    from polybook.execution.signature import generate_key

    print(generate_key(file))


@contextmanager
def _usable(book: Book) -> Iterator[Store]:
    """Give the store of ``book``; what the machine refuses ends in one message."""
    store = open_store(book)
    try:
        yield store
    except OSError as error:
        place = shown(Path(error.filename)) if error.filename else shown(store.folder)
        message = f"the store cannot be used: {error.strerror or error}"
        raise BookError(Diagnostic(place, 1, 1, "unusable-store", message)) from None


def _values(one: Listed) -> dict[str, object]:
    record = one.record
    return {
        "page": record.page,
        "framework": record.framework,
        "state": one.state,
        "seconds": record.seconds,
        "peak_memory": record.peak_memory,
        "size": one.size,
        "host": record.host,
        "key": record.key.digest,
    }


def _row(one: Listed) -> tuple[str, ...]:
    record = one.record
    return (
        record.page,
        record.framework,
        one.state,
        f"{record.seconds:.1f}",
        f"{record.peak_memory / 2**20:.0f}",
        _size(one.size),
        record.host,
    )


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    """Return the rows as lines of columns; the first row is the head."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if name in _NUMBERS else cell.ljust(width)
            for name, cell, width in zip(rows[0], row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def _report(size: Size) -> str:
    return (
        f"{_count(size.records, 'record')}, {_count(size.objects, 'notebook')}, "
        f"{_size(size.bytes)}; {_size(size.unused)} of it no notebook of the book uses now"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _size(size: int) -> str:
    if size < 1024:
        return f"{size} B"
    return f"{size / 2**10:.1f} KiB" if size < 2**20 else f"{size / 2**20:.1f} MiB"
