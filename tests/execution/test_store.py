"""What is put comes back as it was, or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from polybook.execution import DamagedError, Job, Key, Part, Record, Store
from polybook.execution.record import object_path, record_path
from polybook.execution.upkeep import verify
from polybook.source.diagnostic import Diagnostic

PAGE = "chapters/basics/numbers.md"

texts = st.text(max_size=30)
outputs = st.one_of(
    texts.map(lambda text: new_output("stream", name="stdout", text=text)),
    st.dictionaries(st.sampled_from(["text/plain", "text/html"]), texts).map(
        lambda data: new_output("display_data", data=data)
    ),
)
cells = st.builds(
    lambda number, source, outputs: new_code_cell(
        source, id=f"cell-{number}", outputs=outputs, execution_count=number
    ),
    st.integers(1, 99),
    texts,
    st.lists(outputs, max_size=3),
)
notebooks = st.lists(cells, max_size=3, unique_by=lambda cell: cell.id).map(
    lambda cells: new_notebook(cells=cells, metadata={"title": "Numbers"})
)
records = st.builds(
    Record,
    page=st.just(PAGE),
    framework=st.just("alpha"),
    key=st.lists(
        st.builds(Part, st.sampled_from(["cell", "symbol"]), texts, texts), max_size=3
    ).map(lambda parts: Key(tuple(parts))),
    seconds=st.floats(0, 1e6),
    peak_memory=st.integers(0, 2**40),
    versions=st.dictionaries(texts, texts, max_size=3),
    python=st.just("3.11.0"),
    host=texts,
)
# An example writes and syncs files, which may take long on a busy machine.
unhurried = settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))


@given(notebooks, records)
@unhurried
def test_what_is_put_comes_back(notebook: NotebookNode, record: Record) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder), warn=pytest.fail)
        kept = store.put(notebook, record)
        found = store.get(PAGE, "alpha", record.key)
    assert found.record == kept == attrs.evolve(record, sha256=kept.sha256)
    assert found.notebook == notebook


@given(notebooks, records, st.data())
@unhurried
def test_any_changed_byte_is_noticed_or_harmless(
    notebook: NotebookNode, record: Record, data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        kept = store.put(notebook, record)
        intact = store.get(PAGE, "alpha", record.key)
        path = data.draw(st.sampled_from([record_path(kept), object_path(kept.sha256)]))
        file = store.folder / path
        content = bytearray(file.read_bytes())
        position = data.draw(st.integers(0, len(content) - 1))
        content[position] ^= data.draw(st.integers(1, 255))
        file.write_bytes(content)
        assert store.get(PAGE, "alpha", record.key) in (None, intact)


@pytest.fixture
def job(make_job: Callable[..., Job]) -> Job:
    return make_job("1 + 1")


def test_a_store_without_the_notebook_says_none_and_makes_nothing(tmp_path: Path, job: Job) -> None:
    store = Store(tmp_path / "store")
    assert store.get(job.page, "alpha", job.key) is None
    assert store.latest(job.page, "alpha") is None
    assert not store.folder.exists()


def test_the_record_stands_under_framework_page_and_key(
    tmp_path: Path, job: Job, make_record: Callable[..., Record]
) -> None:
    kept = Store(tmp_path).put(job.notebook, make_record(job))
    files = sorted(
        str(file.relative_to(tmp_path))
        for file in tmp_path.rglob("*")
        if file.is_file() and file.name != ".lock"
    )
    assert files == [
        f"objects/{kept.sha256[:2]}/{kept.sha256}.ipynb",
        f"records/alpha/chapters/basics/numbers/{job.key.digest}.json",
    ]


@pytest.mark.parametrize(
    ("which", "damage", "says"),
    [
        ("object", lambda text: text[: len(text) // 2], "notebook does not match its checksum"),
        ("object", lambda text: "", "notebook does not match its checksum"),
        ("object", lambda text: text.replace("1 + 1", "1 + 2"), "does not match its checksum"),
        ("object", None, "the executed notebook is gone"),
        ("record", lambda text: text[: len(text) // 2], "the record is not whole"),
        ("record", lambda text: "", "the record is not whole"),
        ("record", lambda text: "[1, 2]", "the record is not whole"),
        ("record", lambda text: text.replace('"seconds": 1.0', '"seconds": 0.1'), "its checksum"),
    ],
)
def test_a_damaged_notebook_counts_as_missing_and_is_reported(
    tmp_path: Path,
    job: Job,
    make_record: Callable[..., Record],
    which: str,
    damage: Callable[[str], str] | None,
    says: str,
) -> None:
    warnings: list[Diagnostic] = []
    store = Store(tmp_path, warn=warnings.append)
    kept = store.put(job.notebook, make_record(job))
    file = tmp_path / (object_path(kept.sha256) if which == "object" else record_path(kept))
    file.write_text(damage(file.read_text())) if damage else file.unlink()
    assert store.get(job.page, "alpha", job.key) is None
    (warning,) = warnings
    assert (warning.path, warning.severity, warning.code) == (
        job.page,
        "warning",
        "damaged-outputs",
    )
    assert says in warning.message
    # What runs again mends it.
    store.put(job.notebook, make_record(job))
    assert store.get(job.page, "alpha", job.key) is not None


def test_a_whole_notebook_in_the_place_of_another_is_damage(
    tmp_path: Path, make_job: Callable[..., Job], make_record: Callable[..., Record]
) -> None:
    one, two = make_job("1"), make_job("2")
    store = Store(tmp_path)
    file = tmp_path / record_path(store.put(one.notebook, make_record(one)))
    os.replace(file, file.with_name(f"{two.key.digest}.json"))
    with pytest.raises(DamagedError, match="another notebook"):
        store.read(two.page, "alpha", two.key)


def test_a_failed_write_leaves_the_old_notebook_whole(
    tmp_path: Path,
    job: Job,
    make_record: Callable[..., Record],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = Store(tmp_path)
    store.put(job.notebook, make_record(job, seconds=1.0))
    before = sorted(tmp_path.rglob("*"))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        store.put(job.notebook, make_record(job, seconds=2.0))
    assert store.get(job.page, "alpha", job.key).record.seconds == 1.0
    assert sorted(tmp_path.rglob("*")) == before


def test_a_file_that_ends_at_any_byte_is_no_part_of_the_store(
    tmp_path: Path, job: Job, make_record: Callable[..., Record]
) -> None:
    """The system itself stops the writing, as a disk does that fills up half-way."""
    resource = pytest.importorskip("resource")
    store = Store(tmp_path)
    store.put(job.notebook, make_record(job, seconds=1.0))
    (before,) = (file.read_bytes() for file in (tmp_path / "records").rglob("*.json"))
    changed = new_notebook(cells=[new_code_cell("changed = " + "1" * 2000, id="cell-1")])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    refused = 0
    for limit in range(0, 4000, 57):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        try:
            store.put(changed, make_record(job, seconds=2.0))
        except OSError:
            refused += 1
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        verified = verify(store)
        assert verified.whole == 1
        assert {finding.code for finding in verified.findings} <= {"unreferenced-object"}
        (after,) = (file.read_bytes() for file in (tmp_path / "records").rglob("*.json"))
        if after != before:
            break
    assert store.get(job.page, "alpha", job.key).record.seconds == 2.0
    assert refused > 30


def test_who_reads_while_a_notebook_is_replaced_reads_the_old_one_whole(
    tmp_path: Path, job: Job, make_record: Callable[..., Record]
) -> None:
    store = Store(tmp_path)
    file = tmp_path / record_path(store.put(job.notebook, make_record(job, seconds=1.0)))
    old = file.read_text()
    with file.open() as reader:
        store.put(job.notebook, make_record(job, seconds=2.0))
        assert reader.read() == old
    assert file.read_text() != old


def test_the_latest_is_the_one_finished_last_that_is_whole(
    tmp_path: Path, make_job: Callable[..., Job], make_record: Callable[..., Record]
) -> None:
    store = Store(tmp_path)
    for seconds in (1, 2, 3):
        job = make_job(f"{seconds}")
        file = tmp_path / record_path(store.put(job.notebook, make_record(job, seconds)))
        os.utime(file, (1000 + seconds, 1000 + seconds))
    assert store.latest(PAGE, "alpha").seconds == 3
    file.write_text(json.dumps({}))
    assert store.latest(PAGE, "alpha").seconds == 2
    assert store.latest(PAGE, "beta") is None
