"""A store at a URL gives what was put there, or nothing, and never stops a build."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from fsspec.registry import known_implementations
from resources import Polybook

from polybook.book.sharing import Sharing
from polybook.execution import Job, Record, Store
from polybook.execution.record import object_path, read_record, record_bytes, record_path
from polybook.execution.shared import SharedStore
from polybook.execution.signature import Signer, generate_key, load_signer, signed_by
from polybook.source import BookError, Diagnostic


class Unsteady(MemoryFileSystem):
    """A file system that fails when it is told to, and remembers what it was asked for."""

    protocol = "unsteady"
    cachable = False
    reads: BaseException | None = None
    writes: BaseException | None = None
    asked: list[str]

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return MemoryFileSystem._strip_protocol(path.replace("unsteady://", "memory://"))

    def cat_file(self, path: str, *arguments: object, **options: object) -> bytes:
        self.asked.append(path)
        if self.reads:
            raise self.reads
        return super().cat_file(path, *arguments, **options)

    def pipe_file(self, path: str, value: bytes, *arguments: object, **options: object) -> None:
        self.asked.append(path)
        if self.writes:
            raise self.writes
        super().pipe_file(path, value, *arguments, **options)


@pytest.fixture
def unsteady(monkeypatch: pytest.MonkeyPatch) -> type[Unsteady]:
    fsspec.register_implementation("unsteady", Unsteady, clobber=True)
    monkeypatch.setattr(Unsteady, "asked", [], raising=False)
    return Unsteady


@pytest.fixture(params=["memory", "file"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a store that is empty so far."""
    if request.param == "file":
        yield (tmp_path / "shared").as_uri()
        return
    name = f"/store-{uuid.uuid4()}"
    yield f"memory:/{name}"
    system = MemoryFileSystem()
    if system.exists(name):
        system.rm(name, recursive=True)


@attrs.define
class Place:
    """Machines that share a store; ``warnings`` are those of all of them."""

    folder: Path
    url: str
    warnings: list[Diagnostic] = attrs.field(factory=list)

    def store(
        self,
        name: str,
        write: bool = False,
        trusted: tuple[str, ...] | None = None,
        signer: Signer | None = None,
    ) -> Store:
        sharing = Sharing(self.url, write, trusted, line=9)
        shared = SharedStore(sharing, self.warnings.append)
        return Store(self.folder / name, self.warnings.append, shared, signer)

    def content(self, path: str) -> bytes:
        system, root = fsspec.core.url_to_fs(self.url)
        return system.cat_file(f"{root}/{path}")

    def replace(self, path: str, data: bytes) -> None:
        system, root = fsspec.core.url_to_fs(self.url)
        system.makedirs(f"{root}/{path}".rpartition("/")[0], exist_ok=True)
        system.pipe_file(f"{root}/{path}", data)

    def remove(self, path: str) -> None:
        system, root = fsspec.core.url_to_fs(self.url)
        system.rm(f"{root}/{path}")

    @property
    def codes(self) -> list[str]:
        return [warning.code for warning in self.warnings]


@pytest.fixture
def place(tmp_path: Path, url: str) -> Place:
    return Place(tmp_path, url)


@pytest.fixture
def remote(tmp_path: Path, unsteady: type[Unsteady]) -> Place:
    return Place(tmp_path, f"unsteady://{uuid.uuid4()}/book")


@pytest.fixture
def job(make_job: Callable[..., Job]) -> Job:
    return make_job("1 + 1")


@pytest.fixture
def record(job: Job, make_record: Callable[..., Record]) -> Record:
    return make_record(job)


@pytest.fixture
def make_signer(tmp_path: Path) -> Callable[[str], Signer]:
    def make(name: str) -> Signer:
        generate_key(tmp_path / f"{name}.pem")
        return load_signer(tmp_path / f"{name}.pem")

    return make


def found(store: Store, job: Job) -> bool:
    return store.get(job.page, job.framework, job.key) is not None


def test_what_one_machine_puts_another_gets_and_keeps(
    place: Place, job: Job, record: Record
) -> None:
    kept = place.store("writer", write=True).put(job.notebook, record)
    reader = place.store("reader")
    stored = reader.get(job.page, job.framework, job.key)
    assert (stored.record, stored.notebook) == (kept, job.notebook)
    # From now on without the other store, to the same bytes.
    alone = Store(reader.folder, warn=pytest.fail)
    assert alone.get(job.page, job.framework, job.key) == stored
    for path in (record_path(kept), object_path(kept.sha256)):
        assert (reader.folder / path).read_bytes() == place.content(path)
    assert place.warnings == []


def test_looking_up_a_record_fetches_as_well(place: Place, job: Job, record: Record) -> None:
    kept = place.store("writer", write=True).put(job.notebook, record)
    reader = place.store("reader")
    assert reader.find(job.page, job.framework, job.key) == kept
    assert found(Store(reader.folder), job)


def test_an_empty_store_has_nothing_and_is_no_trouble(place: Place, job: Job) -> None:
    reader = place.store("reader")
    assert not found(reader, job)
    assert place.warnings == []
    assert not reader.folder.exists()


def test_nothing_is_written_there_unless_that_is_wanted(
    place: Place, job: Job, record: Record
) -> None:
    place.store("writer").put(job.notebook, record)
    assert not found(place.store("reader"), job)


def test_what_is_here_is_not_asked_for_there(
    remote: Place, unsteady: type[Unsteady], job: Job, record: Record
) -> None:
    store = remote.store("reader")
    store.put(job.notebook, record)
    assert found(store, job)
    assert unsteady.asked == []


def test_all_that_will_be_asked_for_is_fetched_beforehand(
    remote: Place,
    unsteady: type[Unsteady],
    make_job: Callable[..., Job],
    make_record: Callable[..., Record],
) -> None:
    jobs = [make_job(f"{number}") for number in range(40)]
    here, there, nowhere = jobs[:5], jobs[5:35], jobs[35:]
    reader, writer = remote.store("reader"), remote.store("writer", write=True)
    for job in here:
        reader.put(job.notebook, make_record(job))
    for job in there:
        writer.put(job.notebook, make_record(job))
    unsteady.asked.clear()
    reader.prefetch((job.page, job.framework, job.key) for job in jobs)
    assert len(unsteady.asked) == 2 * len(there) + len(nowhere)
    alone = Store(reader.folder, warn=pytest.fail)
    assert [found(alone, job) for job in jobs] == [True] * 35 + [False] * 5
    # Nobody asks a second time.
    assert [found(reader, job) for job in jobs] == [True] * 35 + [False] * 5
    assert len(unsteady.asked) == 2 * len(there) + len(nowhere)
    assert remote.warnings == []


def truncated(data: bytes) -> bytes:
    return data[: len(data) // 2]


@pytest.mark.parametrize(
    ("which", "damage", "says"),
    [
        ("object", truncated, "notebook does not match its checksum"),
        ("object", lambda data: data.replace(b"1 + 1", b"1 + 2"), "does not match its checksum"),
        ("object", None, "the executed notebook is gone"),
        ("record", truncated, "the record is not whole"),
        ("record", lambda data: b"", "the record is not whole"),
        ("record", lambda data: data.replace(b'"seconds": 1.0', b'"seconds": 0.1'), "its checksum"),
    ],
)
def test_what_is_damaged_there_counts_as_missing_and_stays_there(
    place: Place,
    job: Job,
    record: Record,
    which: str,
    damage: Callable[[bytes], bytes] | None,
    says: str,
) -> None:
    kept = place.store("writer", write=True).put(job.notebook, record)
    path = object_path(kept.sha256) if which == "object" else record_path(kept)
    if damage:
        place.replace(path, damage(place.content(path)))
    else:
        place.remove(path)
    reader = place.store("reader")
    assert not found(reader, job)
    assert not reader.folder.exists()
    (warning,) = place.warnings
    assert (warning.path, warning.code) == (job.page, "damaged-outputs")
    assert warning.severity == "warning"
    assert says in warning.message
    # What runs again mends it for all.
    place.store("other", write=True).put(job.notebook, record)
    assert found(place.store("reader"), job)


def test_the_record_of_another_notebook_counts_as_missing(
    place: Place,
    make_job: Callable[..., Job],
    make_record: Callable[..., Record],
) -> None:
    one, two = make_job("1"), make_job("2")
    writer = place.store("writer", write=True)
    first = writer.put(one.notebook, make_record(one))
    second = writer.put(two.notebook, make_record(two))
    place.replace(record_path(second), place.content(record_path(first)))
    assert not found(place.store("reader"), two)
    assert "belongs to another notebook" in place.warnings[0].message


@pytest.mark.parametrize("digest", ["", "../../secret", 64 * "A", f"{64 * 'a'}\n"])
def test_a_record_that_leads_out_of_the_store_is_damaged(
    place: Place, job: Job, record: Record, digest: str
) -> None:
    record = attrs.evolve(record, sha256=digest)
    place.replace(record_path(record), record_bytes(record))
    assert not found(place.store("reader"), job)
    assert "names no notebook" in place.warnings[0].message


def test_what_is_shared_takes_the_place_of_what_is_damaged_here(
    place: Place, job: Job, record: Record
) -> None:
    kept = place.store("writer", write=True).put(job.notebook, record)
    reader = place.store("reader")
    assert found(reader, job)
    (reader.folder / object_path(kept.sha256)).write_text("torn")
    assert found(reader, job)
    assert found(Store(reader.folder), job)
    assert place.warnings == []


def test_what_cannot_be_kept_here_counts_as_missing(
    place: Place, job: Job, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.store("writer", write=True).put(job.notebook, record)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert not found(place.store("reader"), job)
    assert place.codes == ["not-fetched"]
    assert "No space left" in place.warnings[0].message


def test_a_store_out_of_reach_is_told_once_and_not_asked_again(
    remote: Place,
    unsteady: type[Unsteady],
    make_job: Callable[..., Job],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(unsteady, "reads", ConnectionError("no route to the host\nand more"))
    reader = remote.store("reader")
    assert not found(reader, make_job("1"))
    assert not found(reader, make_job("2"))
    assert len(unsteady.asked) == 1
    (warning,) = remote.warnings
    assert (warning.path, warning.line, warning.code) == ("_config.yml", 9, "unreachable-store")
    assert warning.severity == "warning"
    assert warning.message.endswith("counts as missing: no route to the host")


def test_a_download_that_breaks_off_is_no_damage(
    remote: Place, unsteady: type[Unsteady], job: Job, record: Record
) -> None:
    kept = remote.store("writer", write=True).put(job.notebook, record)
    whole = unsteady.cat_file

    def broken(self: Unsteady, path: str, *arguments: object, **options: object) -> bytes:
        if path.endswith(object_path(kept.sha256)):
            raise TimeoutError("timed out")
        return whole(self, path, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unsteady, "cat_file", broken)
        assert not found(remote.store("reader"), job)
    assert remote.codes == ["unreachable-store"]
    assert found(remote.store("reader"), job)


def test_a_write_that_fails_is_told_once_and_costs_nothing_here(
    remote: Place,
    unsteady: type[Unsteady],
    make_job: Callable[..., Job],
    make_record: Callable[..., Record],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(unsteady, "writes", PermissionError(13, "Permission denied"))
    writer = remote.store("writer", write=True)
    for job in (make_job("1"), make_job("2")):
        writer.put(job.notebook, make_record(job))
        assert found(Store(writer.folder, warn=pytest.fail), job)
    assert len(unsteady.asked) == 1
    assert remote.codes == ["not-shared"]
    assert remote.warnings[0].message.endswith("Permission denied")


def test_a_protocol_whose_package_is_missing_says_what_to_install(
    tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = {"class": "no_such_package.System", "err": "Install lackingfs to reach it"}
    monkeypatch.setitem(known_implementations, "lacking", lacking)
    place = Place(tmp_path, "lacking://bucket/book")
    assert not found(place.store("reader"), job)
    assert place.codes == ["unreachable-store"]
    assert "Install lackingfs" in place.warnings[0].message


def test_a_protocol_that_nobody_knows_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(BookError) as caught:
        Place(tmp_path, "s4://bucket/book").store("reader")
    (error,) = caught.value.diagnostics
    assert (error.path, error.line, error.code) == ("_config.yml", 9, "invalid-config")
    assert "'s4' is not known" in error.message


def test_only_what_a_trusted_writer_signed_counts(
    place: Place,
    make_job: Callable[..., Job],
    make_record: Callable[..., Record],
    make_signer: Callable[[str], Signer],
) -> None:
    friend, stranger = make_signer("friend"), make_signer("stranger")
    signed, foreign, unsigned = (make_job(source) for source in "123")
    for job, signer in ((signed, friend), (foreign, stranger), (unsigned, None)):
        place.store("writer", write=True, signer=signer).put(job.notebook, make_record(job))
    reader = place.store("reader", trusted=(friend.public,))
    assert found(reader, signed)
    assert not found(reader, foreign)
    assert not found(reader, unsigned)
    (warning,) = place.warnings
    assert (warning.path, warning.line, warning.code) == ("_config.yml", 9, "untrusted-outputs")
    # Without a list everyone is trusted.
    assert all(found(place.store("open"), job) for job in (signed, foreign, unsigned))


def test_a_signature_survives_being_copied_from_store_to_store(
    place: Place, job: Job, record: Record, make_signer: Callable[[str], Signer]
) -> None:
    friend = make_signer("friend")
    kept = place.store("writer", write=True, signer=friend).put(job.notebook, record)
    middle = place.store("middle")
    assert found(middle, job)
    second = Place(place.folder, middle.folder.as_uri())
    assert found(second.store("reader", trusted=(friend.public,)), job)
    assert second.content(record_path(kept)) == place.content(record_path(kept))


def test_a_forged_record_with_a_stolen_signature_is_refused(
    place: Place, job: Job, record: Record, make_signer: Callable[[str], Signer]
) -> None:
    friend = make_signer("friend")
    writer = place.store("writer", write=True, signer=friend)
    kept = writer.put(job.notebook, record)
    # The notebook and its digest are another's, and all checksums are right.
    job.notebook.cells[-1].source = "steal()"
    forged = place.store("forger", write=True).put(job.notebook, record)
    stolen = (writer.folder / record_path(kept)).read_text().partition(', "signature"')[2]
    plain = place.content(record_path(forged)).decode().rstrip().removesuffix("}")
    place.replace(record_path(forged), f'{plain}, "signature"{stolen}'.encode())
    assert read_record(place.content(record_path(forged))) == forged
    assert not found(place.store("reader", trusted=(friend.public,)), job)
    assert place.codes == ["untrusted-outputs"]


def test_a_trusted_writers_record_that_was_torn_is_damage(
    place: Place, job: Job, record: Record, make_signer: Callable[[str], Signer]
) -> None:
    friend = make_signer("friend")
    kept = place.store("writer", write=True, signer=friend).put(job.notebook, record)
    place.replace(record_path(kept), truncated(place.content(record_path(kept))))
    assert not found(place.store("reader", trusted=(friend.public,)), job)
    assert place.codes == ["damaged-outputs"]


def test_who_is_not_trusted_does_not_overwrite_what_counts(
    place: Place, job: Job, record: Record, make_signer: Callable[[str], Signer]
) -> None:
    friend = make_signer("friend")
    trusted = (friend.public,)
    kept = place.store("writer", True, trusted, friend).put(job.notebook, record)
    before = place.content(record_path(kept))
    other = place.store("other", True, trusted)
    other.put(job.notebook, attrs.evolve(record, seconds=5.0))
    other.put(job.notebook, attrs.evolve(record, seconds=6.0))
    assert place.content(record_path(kept)) == before
    assert place.codes == ["not-shared"]
    assert "POLYBOOK_STORE_KEY" in place.warnings[0].suggestion


def test_who_executes_fetches_and_who_renders_does_not(
    polybook: Polybook,
    tiny_book: Path,
    tmp_path: Path,
    fill_store: Callable[[Path, Store], list[Job]],
) -> None:
    url = (tmp_path / "shared").as_uri()
    count = len(fill_store(tiny_book, Store(tmp_path / "shared")))
    assert count > 1
    assert polybook("notebooks", "--book", tiny_book, POLYBOOK_STORE_URL=url).returncode == 0
    assert not (tiny_book / "_build/store").exists()
    # Without a word about a store nothing is fetched.
    alone = polybook("execute", "--check", "--book", tiny_book)
    assert alone.returncode == 1
    done = polybook("execute", "--check", "--book", tiny_book, POLYBOOK_STORE_URL=url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert polybook("execute", "--check", "--book", tiny_book).returncode == 0


def test_what_runs_is_signed_and_handed_on(
    polybook: Polybook,
    tiny_book: Path,
    tmp_path: Path,
    fill_store: Callable[[Path, Store], list[Job]],
    make_signer: Callable[[str], Signer],
) -> None:
    friend = make_signer("friend")
    fill_store(tiny_book, Store(tiny_book / "_build/store"))
    lost = next((tiny_book / "_build/store/records/alpha").rglob("*.json"))
    lost.unlink()
    done = polybook(
        *("execute", "--book", tiny_book),
        POLYBOOK_STORE_URL=(tmp_path / "shared").as_uri(),
        POLYBOOK_STORE_WRITE="true",
        POLYBOOK_STORE_KEY=str(tmp_path / "friend.pem"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "executed 1," in done.stdout
    (record,) = (tmp_path / "shared/records").rglob("*.json")
    assert record.name == lost.name
    assert signed_by(record.read_bytes(), [friend.public])


def test_a_book_executes_without_the_store_that_it_names(
    polybook: Polybook,
    tiny_book: Path,
    tmp_path: Path,
    fill_store: Callable[[Path, Store], list[Job]],
) -> None:
    (tmp_path / "file").write_text("no folder")
    config = tiny_book / "_config.yml"
    url = (tmp_path / "file" / "store").as_uri()
    text = config.read_text().replace("polybook:\n", f"polybook:\n  store:\n    url: {url}\n", 1)
    config.write_text(text)
    fill_store(tiny_book, Store(tiny_book / "_build/store"))
    quiet = polybook("execute", "--check", "--book", tiny_book)
    assert (quiet.returncode, quiet.stderr) == (0, "")
    # One that is missing here is asked for there.
    next((tiny_book / "_build/store/records").rglob("*.json")).unlink()
    done = polybook("execute", "--plan", "--book", tiny_book)
    assert done.returncode == 0
    line = text.split("\n").index(f"    url: {url}") + 1
    assert done.stderr.startswith(f"_config.yml:{line}:1: warning: the shared store {url} cannot")
    assert done.stderr.count("[unreachable-store]") == 1
    assert "1 of" in done.stdout
