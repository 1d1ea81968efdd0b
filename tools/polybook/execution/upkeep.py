"""Looking after a store: what it holds, whether it is whole, and what it can do without.

What the book needs now is given as ``current``: the places of the records of
its notebooks, see :func:`current_records`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Literal

import attrs

from polybook.book import Book
from polybook.execution.inventory import Entry, Inventory, files, object_damage, take_inventory
from polybook.execution.keys import Keys
from polybook.execution.record import Record, record_place
from polybook.execution.store import Store
from polybook.source.diagnostic import Diagnostic, Severity


@attrs.frozen
class Listed:
    """A stored notebook.

    Attributes:
        record: How it came about.
        state: ``fresh`` if a notebook of the book needs it now.
        size: Bytes of the executed notebook and its record.
    """

    record: Record
    state: Literal["fresh", "old"]
    size: int


@attrs.frozen
class Size:
    """How much lies in a store.

    Attributes:
        records: How many records.
        objects: How many executed notebooks.
        bytes: What all files take.
        unused: How much of that no notebook of the book needs now.
    """

    records: int
    objects: int
    bytes: int
    unused: int


@attrs.frozen
class Verified:
    """What reading all of a store showed.

    Attributes:
        whole: How many records are whole, with their notebooks.
        findings: What is damaged, an error each, and what is merely left over,
            a warning each.
    """

    whole: int
    findings: tuple[Diagnostic, ...]


@attrs.frozen
class Freed:
    """What was removed from a store, or would be.

    Attributes:
        records: How many records.
        objects: How many executed notebooks.
        half_written: How many files that writers left that died.
        bytes: What all of these took.
    """

    records: int
    objects: int
    half_written: int
    bytes: int


def current_records(book: Book, keys: Keys) -> frozenset[str]:
    """Return where in a store the records of the book's notebooks lie, those with code."""
    return frozenset(
        record_place(page.path, framework, keys.key(page, framework))
        for page in book.pages
        for framework in page.frameworks
        if keys.cells(page, framework)
    )


def contents(store: Store, current: Collection[str]) -> tuple[list[Listed], Size]:
    """Return what ``store`` holds, sorted by page and framework, and how much it is.

    Raises:
        OSError: The store cannot be read.
    """
    found = take_inventory(store)
    listed = []
    used: dict[str, int] = {}
    for entry in sorted(found.entries, key=lambda entry: -entry.file.changed):
        if entry.record is None:
            continue
        notebook = found.objects.get(entry.object)
        fresh = entry.file.path in current
        sizes = {file.path: file.size for file in (entry.file, notebook) if file}
        if fresh:
            used |= sizes
        listed.append(Listed(entry.record, "fresh" if fresh else "old", sum(sizes.values())))
    listed.sort(key=lambda one: (one.record.page, one.record.framework, one.state))
    total = sum(file.size for file in found.files)
    return listed, Size(len(found.entries), len(found.objects), total, total - sum(used.values()))


def verify(store: Store) -> Verified:
    """Read all of ``store`` and say what is wrong, while no build writes to it.

    Raises:
        OSError: The store cannot be read or locked.
    """
    with _locked(store):
        found = take_inventory(store)
        damage = _damage(store, found)
    findings = []
    for entry in found.entries:
        if entry.damage:
            findings.append(_finding(entry.file.path, "damaged-record", entry.damage))
        elif damage.get(entry.object) and entry.object in found.objects:
            findings.append(_finding(entry.object, "damaged-object", damage[entry.object]))
        elif damage.get(entry.object):
            findings.append(_finding(entry.file.path, "damaged-record", damage[entry.object]))
    for file in found.unreferenced(found.entries):
        message = "no record names this notebook"
        findings.append(_finding(file.path, "unreferenced-object", message, "warning"))
    for file in found.half_written:
        message = "a writer that died left this"
        findings.append(_finding(file.path, "half-written-file", message, "warning"))
    for file in found.foreign:
        findings.append(
            Diagnostic(
                path=file.path,
                line=1,
                column=1,
                code="foreign-file",
                message="the store has put no such file here",
                suggestion="remove it if nobody needs it",
                severity="warning",
            )
        )
    whole = sum(not damage[entry.object] for entry in found.entries)
    # Several records may name one notebook.
    return Verified(whole, tuple(sorted(set(findings))))


def collect_garbage(
    store: Store,
    current: Callable[[], Collection[str]],
    *,
    keep: int = 1,
    dry_run: bool = False,
) -> Freed:
    """Remove what no notebook of the book needs, with builds writing or not.

    Removed are records under other keys, damaged ones, notebooks that no
    record names, and what writers left that died.

    Args:
        store: The store.
        current: Returns what the book needs now. It is asked after the store
            has been looked at, and what a build adds from then on stays.
        keep: How many of the latest records of each notebook of the book stay
            besides the current one, for its duration and the reason why it is
            stale.
        dry_run: Say what would be removed, and remove nothing.

    Raises:
        OSError: The store cannot be read, locked or written.
    """
    before = {(file.path, file.changed) for file in files(store)}
    needed = current()
    with _locked(store):
        found = take_inventory(store)
        staying = _staying(found, _damage(store, found), before, needed, keep)
        records = [entry.file for entry in found.entries if entry not in staying]
        objects = found.unreferenced(staying)
        removed = [*records, *objects, *found.half_written]
        if not dry_run:
            # Records first: one without its notebook would be damage.
            for file in removed:
                (store.folder / file.path).unlink(missing_ok=True)
            _remove_empty_folders(store)
    size = sum(file.size for file in removed)
    return Freed(len(records), len(objects), len(found.half_written), size)


def _staying(
    found: Inventory,
    damage: Mapping[str, str],
    before: Collection[tuple[str, int]],
    needed: Collection[str],
    keep: int,
) -> set[Entry]:
    staying = set()
    older: dict[str, list[Entry]] = defaultdict(list)
    notebooks = {_notebook(path) for path in needed}
    for entry in found.entries:
        path = entry.file.path
        if damage[entry.object]:
            continue
        if path in needed or (path, entry.file.changed) not in before:
            staying.add(entry)
        elif _notebook(path) in notebooks:
            older[_notebook(path)].append(entry)
    for entries in older.values():
        entries.sort(key=lambda entry: entry.file.changed, reverse=True)
        staying.update(entries[:keep])
    return staying


def _notebook(record: str) -> str:
    """Return the folder for the records of one notebook, given the place of one of them."""
    return record.rpartition("/")[0]


def _damage(store: Store, found: Inventory) -> dict[str, str]:
    """Return how it shows, by path, that the notebooks which records name are damaged.

    The notebook of a damaged record has no path, and counts as damaged.
    """
    named = {entry.object for entry in found.entries if entry.record}
    return {"": "no record names it", **{path: object_damage(store, path) for path in named}}


def _locked(store: Store) -> AbstractContextManager[object]:
    # Looking at a store that is not there makes none.
    return store.locked() if store.folder.exists() else nullcontext()


def _remove_empty_folders(store: Store) -> None:
    for folder in sorted(store.folder.rglob("*/"), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _finding(path: str, code: str, message: str, severity: Severity = "error") -> Diagnostic:
    suggestion = "`polybook store gc` removes it"
    return Diagnostic(path, 1, 1, code, message, suggestion, severity)
