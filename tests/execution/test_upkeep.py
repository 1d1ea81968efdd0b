"""A store can be listed, verified and relieved of what nobody needs, and nothing else goes."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest
from filelock import FileLock, Timeout
from hypothesis import given, settings
from hypothesis import strategies as st
from resources import Polybook

from polybook.execution import Job, Record, Store
from polybook.execution import store as store_module
from polybook.execution.record import object_path, record_path, record_place
from polybook.execution.upkeep import collect_garbage, contents, verify

Put = Callable[..., str]


def place_of(job: Job) -> str:
    return record_place(job.page, job.framework, job.key)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store", warn=pytest.fail)


@pytest.fixture
def put(store: Store, make_job: Callable[..., Job], make_record: Callable[..., Record]) -> Put:
    """Put a notebook of one cell and return where its record lies; each is newer than the last."""
    clock = iter(range(1, 1000))

    def put(source: str, page: str = "one.md", framework: str = "alpha") -> str:
        job = make_job(source, page=page, framework=framework)
        path = record_path(store.put(job.notebook, make_record(job)))
        tick = next(clock)
        os.utime(store.folder / path, (tick, tick))
        return path

    return put


def object_of(store: Store, path: str) -> Path:
    """Return the notebook that the record at ``path`` names."""
    digest = json.loads((store.folder / path).read_text())["record"]["sha256"]
    return store.folder / object_path(digest)


def files(store: Store) -> dict[str, int]:
    """Return the size of each file in the store, by path."""
    return {
        file.relative_to(store.folder).as_posix(): file.stat().st_size
        for file in store.folder.rglob("*")
        if file.is_file() and file.name != ".lock"
    }


def codes(store: Store) -> dict[str, str]:
    """Return the code of each finding, by path."""
    return {finding.path: finding.code for finding in verify(store).findings}


def test_the_list_says_what_is_fresh_and_what_it_takes(store: Store, put: Put) -> None:
    put("1", page="two.md")
    old, new = put("1"), put("2")
    put("1", framework="beta")
    listed, size = contents(store, {old})
    assert [(one.record.page, one.record.framework, one.state) for one in listed] == [
        ("one.md", "alpha", "fresh"),
        ("one.md", "alpha", "old"),
        ("one.md", "beta", "old"),
        ("two.md", "alpha", "old"),
    ]
    assert [record_path(one.record) for one in listed[:2]] == [old, new]
    sizes = files(store)
    own = sizes[old] + object_of(store, old).stat().st_size
    assert listed[0].size == own
    # Three of the four notebooks are the same, byte for byte.
    assert (size.records, size.objects) == (4, 2)
    assert size.bytes == sum(sizes.values())
    assert size.unused == size.bytes - own


def test_of_old_ones_the_latest_is_listed_first(store: Store, put: Put) -> None:
    paths = [put(source) for source in "123"]
    listed, _ = contents(store, set())
    assert [record_path(one.record) for one in listed] == paths[::-1]


def test_a_store_that_is_not_there_is_empty_and_stays_away(store: Store) -> None:
    listed, size = contents(store, set())
    assert (listed, attrs.astuple(size)) == ([], (0, 0, 0, 0))
    assert (verify(store).whole, verify(store).findings) == (0, ())
    assert attrs.astuple(collect_garbage(store, set)) == (0, 0, 0, 0)
    assert not store.folder.exists()


def test_a_whole_store_verifies(store: Store, put: Put) -> None:
    for source in "123":
        put(source)
    verified = verify(store)
    assert (verified.whole, verified.findings) == (3, ())


def test_each_kind_of_damage_is_found_where_it_is(store: Store, put: Put) -> None:
    put("whole")
    altered, torn, gone, moved, gutted = (put(source) for source in "12345")
    notebook = object_of(store, altered)
    notebook.write_text(notebook.read_text().replace('"1"', '"7"'))
    (store.folder / torn).write_text('{"checksum"')
    object_of(store, gone).unlink()
    other = str(Path(moved).with_name(f"{64 * 'b'}.json"))
    os.replace(store.folder / moved, store.folder / other)
    object_of(store, gutted).write_bytes(b"")
    verified = verify(store)
    assert verified.whole == 1
    errors = {f.path: f.code for f in verified.findings if f.severity == "error"}
    assert errors == {
        notebook.relative_to(store.folder).as_posix(): "damaged-object",
        object_of(store, gutted).relative_to(store.folder).as_posix(): "damaged-object",
        torn: "damaged-record",
        gone: "damaged-record",
        other: "damaged-record",
    }


def test_what_is_left_over_is_found_and_is_no_damage(store: Store, put: Put) -> None:
    path = put("1")
    (store.folder / path).unlink()
    (store.folder / "objects/notes.txt").write_text("mine")
    half = (store.folder / path).with_name(".half.0123.tmp")
    half.write_text("{")
    verified = verify(store)
    assert {finding.severity for finding in verified.findings} == {"warning"}
    (unreferenced,) = (name for name in files(store) if name.endswith(".ipynb"))
    assert codes(store) == {
        unreferenced: "unreferenced-object",
        half.relative_to(store.folder).as_posix(): "half-written-file",
        "objects/notes.txt": "foreign-file",
    }


def test_a_notebook_that_two_records_name_is_one_finding(store: Store, put: Put) -> None:
    one, two = put("1", page="one.md"), put("1", page="two.md")
    assert object_of(store, one) == object_of(store, two)
    object_of(store, one).write_text("torn")
    verified = verify(store)
    assert verified.whole == 0
    assert [finding.code for finding in verified.findings] == ["damaged-object"]


@pytest.mark.parametrize("keep", [0, 1, 2, 9])
def test_old_runs_go_but_for_the_latest(store: Store, put: Put, keep: int) -> None:
    paths = [put(source) for source in "12345"]
    current = paths[1]
    before = files(store)
    freed = collect_garbage(store, lambda: {current}, keep=keep)
    older = [path for path in paths if path != current]
    staying = {current, *older[len(older) - min(keep, len(older)) :]}
    after = files(store)
    assert {path for path in after if path.startswith("records")} == staying
    assert len(after) == 2 * len(staying)
    assert freed.records == freed.objects == len(paths) - len(staying)
    assert freed.bytes == sum(before.values()) - sum(after.values())
    assert codes(store) == {}


def test_what_the_book_no_longer_has_goes_with_its_folders(store: Store, put: Put) -> None:
    current = put("1", page="one.md")
    put("2", page="deep/down/two.md")
    collect_garbage(store, lambda: {current}, keep=5)
    assert [path for path in files(store) if path.startswith("records")] == [current]
    folders = [folder for folder in store.folder.rglob("*") if folder.is_dir()]
    assert folders and all(any(folder.iterdir()) for folder in folders)


def test_a_notebook_stays_as_long_as_one_record_names_it(store: Store, put: Put) -> None:
    one, two = put("1", page="one.md"), put("1", page="two.md")
    freed = collect_garbage(store, lambda: {two}, keep=0)
    assert (freed.records, freed.objects) == (1, 0)
    assert not (store.folder / one).exists()
    assert codes(store) == {}
    assert verify(store).whole == 1


def test_damage_and_what_is_left_over_go_and_foreign_files_stay(store: Store, put: Put) -> None:
    whole, torn, altered = put("1"), put("2"), put("3")
    lonely = object_of(store, torn)
    (store.folder / torn).write_text("{")
    object_of(store, altered).write_text("{}")
    (store.folder / whole).with_name(".half.0123.tmp").write_text("{")
    (store.folder / "mine.txt").write_text("mine")
    freed = collect_garbage(store, lambda: {whole, torn, altered})
    assert (freed.records, freed.objects, freed.half_written) == (2, 2, 1)
    assert not lonely.exists()
    assert codes(store) == {"mine.txt": "foreign-file"}
    assert verify(store).whole == 1


def test_a_dry_run_says_the_same_and_removes_nothing(store: Store, put: Put) -> None:
    current, *_ = [put(source) for source in "1234"]
    before = files(store)
    said = collect_garbage(store, lambda: {current}, dry_run=True)
    assert files(store) == before
    assert collect_garbage(store, lambda: {current}) == said
    assert said.records == 2


def test_what_a_build_adds_while_the_book_is_read_stays(store: Store, put: Put) -> None:
    old = put("old")
    added = []

    def current() -> set[str]:
        # An author edits the chapter, and a build runs it, after it has been read.
        added.append(put("edited"))
        return set()

    collect_garbage(store, current, keep=0)
    assert not (store.folder / old).exists()
    assert (store.folder / added[0]).exists()
    assert codes(store) == {}


def test_nothing_is_collected_between_a_notebook_and_its_record(
    store: Store,
    make_job: Callable[..., Job],
    make_record: Callable[..., Record],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = make_job("1")
    write, locked = store_module.write_whole, []

    def watched(file: Path, data: bytes) -> None:
        with pytest.raises(Timeout), FileLock(store.folder / ".lock", timeout=0):
            pass
        locked.append(file.suffix)
        write(file, data)

    monkeypatch.setattr(store_module, "write_whole", watched)
    store.put(job.notebook, make_record(job))
    assert locked == [".ipynb", ".json"]


def test_builds_write_while_garbage_is_collected(
    store: Store, make_job: Callable[..., Job], make_record: Callable[..., Record]
) -> None:
    jobs = [make_job(f"{number}", page=f"{number}.md") for number in range(40)]
    old = [make_job("old", page=job.page) for job in jobs]
    current = {place_of(job) for job in jobs}
    for job in old:
        store.put(job.notebook, make_record(job))
    running = threading.Event()
    errors: list[BaseException] = []

    def write(own: list[Job]) -> None:
        try:
            for job in own:
                store.put(job.notebook, make_record(job))
                assert store.get(job.page, job.framework, job.key) is not None
        except BaseException as error:
            errors.append(error)

    def collect() -> None:
        try:
            while not running.is_set():
                collect_garbage(store, lambda: current, keep=0)
        except BaseException as error:
            errors.append(error)

    collector = threading.Thread(target=collect)
    writers = [threading.Thread(target=write, args=(jobs[start::3],)) for start in range(3)]
    for thread in (collector, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    running.set()
    collector.join()
    assert errors == []
    collect_garbage(store, lambda: current, keep=0)
    verified = verify(store)
    assert (verified.whole, verified.findings) == (len(jobs), ())


steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 2), st.integers(0, 3)),
        st.tuples(st.just("edit"), st.integers(0, 2), st.integers(0, 3)),
        st.tuples(st.just("gc"), st.integers(0, 2), st.just(0)),
        st.tuples(st.just("kill"), st.integers(0, 2), st.integers(0, 3)),
    ),
    max_size=12,
)


@given(steps)
@settings(max_examples=25)
def test_whatever_is_put_and_collected_the_current_ones_are_there(
    make_job: Callable[..., Job], make_record: Callable[..., Record], steps: list[tuple]
) -> None:
    folder = tempfile.mkdtemp()
    store = Store(Path(folder), warn=pytest.fail)
    versions = [0, 0, 0]
    written: set[tuple[int, int]] = set()

    def job_of(page: int, version: int) -> Job:
        return make_job(f"{version}", page=f"{page}.md")

    for what, page, version in steps:
        if what == "put":
            job = job_of(page, version)
            store.put(job.notebook, make_record(job))
            written.add((page, version))
        elif what == "edit":
            versions[page] = version
        elif what == "kill":
            # A writer that died between the notebook and its record, or in the midst of one.
            data = f"{page} {version}".encode()
            store_module.write_whole(store.folder / object_path(f"{version}" * 64), data)
            (store.folder / f"objects/.{page}.{version}.tmp").write_bytes(data)
        else:
            current = {place_of(job_of(*each)) for each in enumerate(versions)}
            collect_garbage(store, lambda current=current: current, keep=page)
            assert verify(store).findings == ()
            written &= {
                each for each in written if (store.folder / place_of(job_of(*each))).exists()
            }
        for each in enumerate(versions):
            job = job_of(*each)
            there = store.get(job.page, job.framework, job.key) is not None
            assert there == (each in written)
    shutil.rmtree(folder)


@pytest.fixture
def filled(
    tiny_book: Path, fill_store: Callable[[Path, Store], list[Job]]
) -> tuple[Path, list[Job]]:
    """The tiny book with all its outputs in its store."""
    return tiny_book, fill_store(tiny_book, Store(tiny_book / "_build/store"))


def edit(book: Path) -> None:
    page = book / "guide/shapes.md"
    page.write_text(page.read_text().replace("```{.python .input}\n", "```{.python .input}\n7\n"))


def test_ls_shows_a_table_and_how_much_it_is(
    polybook: Polybook, filled: tuple[Path, list[Job]]
) -> None:
    book, jobs = filled
    edit(book)
    done = polybook("store", "ls", "--book", book)
    assert done.returncode == 0, done.stderr
    head, *rows, report = done.stdout.splitlines()
    assert head.split() == ["page", "framework", "state", "seconds", "MiB", "size", "host"]
    assert [row.split()[:5] for row in rows] == [
        [job.page, job.framework, "old" if "shapes" in job.page else "fresh", "1.0", "1"]
        for job in sorted(jobs, key=lambda job: (job.page, job.framework))
    ]
    assert report.startswith(f"{len(jobs)} records, ")
    assert report.endswith("KiB of it no notebook of the book uses now")


def test_ls_for_programs(polybook: Polybook, filled: tuple[Path, list[Job]]) -> None:
    book, jobs = filled
    found = json.loads(polybook("store", "ls", "--format", "json", "--book", book).stdout)
    assert {one["key"] for one in found["notebooks"]} == {job.key.digest for job in jobs}
    assert found["size"]["records"] == len(jobs)
    assert found["size"]["unused"] == 0
    assert found["size"]["bytes"] == sum(one["size"] for one in found["notebooks"])
    assert found["notebooks"][0] | {"size": 0, "key": ""} == {
        "page": "guide/numbers.md",
        "framework": "alpha",
        "state": "fresh",
        "seconds": 1.0,
        "peak_memory": 1_000_000,
        "size": 0,
        "host": "",
        "key": "",
    }


def test_verify_names_what_is_damaged(polybook: Polybook, filled: tuple[Path, list[Job]]) -> None:
    book, jobs = filled
    whole = polybook("store", "verify", "--book", book)
    assert whole.returncode == 0
    assert whole.stdout == f"{len(jobs)} notebooks whole, 0 damaged, 0 left over\n"
    place = f"_build/store/{place_of(jobs[0])}"
    (book / place).write_text("{")
    damaged = polybook("store", "verify", cwd=book)
    assert damaged.returncode == 1
    assert f"{place}:1:1: error: the record is not whole [damaged-record]" in damaged.stdout
    assert damaged.stdout.splitlines()[-1].startswith(f"{len(jobs) - 1} notebooks whole, 1 damaged")


def test_gc_keeps_the_latest_old_run_and_frees_the_rest(
    polybook: Polybook, filled: tuple[Path, list[Job]]
) -> None:
    book, jobs = filled
    edit(book)
    kept = polybook("store", "gc", "--book", book)
    assert kept.returncode == 0, kept.stderr
    assert kept.stdout == "freed 0 B: 0 records, 0 notebooks, 0 half-written files\n"
    said = polybook("store", "gc", "--keep", "0", "--dry-run", "--book", book)
    done = polybook("store", "gc", "--keep", "0", "--book", book)
    count = sum("shapes" in job.page for job in jobs)
    assert f"{count} record" in done.stdout
    assert said.stdout == done.stdout.replace("freed", "would free")
    left = {path.stem for path in (book / "_build/store/records").rglob("*.json")}
    assert left == {job.key.digest for job in jobs if "shapes" not in job.page}


def test_gc_touches_nothing_while_the_book_has_errors(
    polybook: Polybook, filled: tuple[Path, list[Job]]
) -> None:
    book, jobs = filled
    page = book / "guide/numbers.md"
    page.write_text(
        page.read_text() + "\n```{.python .input}\n#@tab alpha\nf = gone.x  #@save\n```\n"
    )
    done = polybook("store", "gc", "--keep", "0", "--book", book)
    assert done.returncode == 1
    assert "[unresolved-library-name]" in done.stderr
    assert len(list((book / "_build/store/records").rglob("*.json"))) == len(jobs)


def test_a_store_that_cannot_be_used_is_one_message(polybook: Polybook, tiny_book: Path) -> None:
    (tiny_book / "_build").mkdir()
    (tiny_book / "_build/store").write_text("no folder")
    for command in ("ls", "verify", "gc"):
        done = polybook("store", command, "--book", tiny_book)
        assert done.returncode == 1
        assert "_build/store:1:1: error: the store cannot be used: " in done.stderr
        assert "[unusable-store]" in done.stderr
        assert "Traceback" not in done.stderr
