"""Notebooks run on Dask workers that are processes of their own, which come, go and are killed."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import distributed
import psutil
import pytest
from clusters import PRELOAD, Cluster
from resources import stored_notebooks, without_test_name, write_wheel

from polybook.execution import (
    CellStarted,
    Environment,
    Event,
    ExecutionError,
    Finished,
    Job,
    LocalExecutor,
    Record,
    Report,
    Started,
    Store,
    execute,
    this_machine,
)
from polybook.execution import cluster as cluster_module
from polybook.execution.cluster import ClusterExecutor, connect
from polybook.execution.upkeep import verify
from polybook.execution.worker import Recipe

LIMITED = ("--no-nanny", "--resources", "memory=3e9,accelerators=0")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster with one worker of two threads, for tests that leave it as it is."""
    with Cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        cluster.add(*LIMITED, threads=2)
        yield cluster


@attrs.define
class Builder:
    """Who executes a book; ``at`` is called with each event after it is listed."""

    folder: Path
    alpha: Environment
    events: list[Event] = attrs.field(factory=list)
    at: Callable[[Event], None] = attrs.field(default=lambda event: None)

    @property
    def store(self) -> Store:
        return Store(self.folder / "store")

    @contextmanager
    def executor(self, address: str, **options: object) -> Iterator[ClusterExecutor]:
        self.library.mkdir(exist_ok=True)
        (self.library / "shelf.py").write_text("answer = 42\n")
        with connect(address) as client:
            yield ClusterExecutor(
                client, self.folder, {"alpha": self.alpha}, self.library, **options
            )

    @property
    def library(self) -> Path:
        return self.folder / "library"

    def execute(self, address: str, *jobs: Job, **options: object) -> Report:
        with self.executor(address, **options) as executor:
            return execute(jobs, store=self.store, executor=executor, report=self._report)

    def _report(self, event: Event) -> None:
        self.events.append(event)
        self.at(event)


@pytest.fixture
def builder(tmp_path: Path, alpha: Environment) -> Builder:
    folder = tmp_path / "book"
    folder.mkdir()
    return Builder(folder, alpha)


def gone(processes: list[psutil.Process]) -> bool:
    """Wait until all of ``processes`` have ended."""
    return not psutil.wait_procs(processes, timeout=20)[1]


def kernels(worker: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return [
        process
        for process in psutil.Process(worker.pid).children(recursive=True)
        if "ipykernel_launcher" in process.cmdline()
    ]


def varied(make_job: Callable[..., Job]) -> list[Job]:
    """Notebooks with text, tracebacks, the library, data and places on the machine."""
    return [
        make_job("from shelf import answer\nanswer", "print(answer)", page="library.md"),
        make_job(
            "open('../data/list.csv').read()",
            "1 / 0",
            page="chapters/data.md",
            data=("data",),
            tags={2: ["raises-exception"]},
        ),
        make_job(
            "import os, sys\nos.getcwd(), sys.prefix, os.listdir()",
            "sorted(name for name in os.environ if name.startswith(('DASK', 'POLYBOOK_E')))",
            page="places.md",
        ),
    ]


def test_the_outputs_are_those_of_this_machine(
    make_job: Callable[..., Job], builder: Builder, tmp_path: Path
) -> None:
    """What differs is listed in ``resources.stored_notebooks``: the time and the memory taken."""
    (builder.folder / "data").mkdir()
    (builder.folder / "data/list.csv").write_text("a,b\n1,2\n")
    jobs = [*varied(make_job), make_job("fine = 1", "1 / 0", page="bad.md")]
    with (
        without_test_name(),
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address=None,
            preload=PRELOAD,
            local_directory=str(tmp_path / "dask"),
        ) as local,
    ):
        report = builder.execute(local.scheduler_address, *jobs)
    assert report.executed == tuple(jobs[:-1])
    (failure,) = report.failures
    assert (failure.page, failure.line, failure.summary) == (
        "bad.md",
        20,
        "ZeroDivisionError: division by zero",
    )
    # Everything that a person watches is told, in order.
    mine = [event for event in builder.events if getattr(event, "page", "") == "library.md"]
    assert [type(event) for event in mine] == [Started, CellStarted, CellStarted, Finished]

    here = Store(tmp_path / "here")
    executor = LocalExecutor(
        book=builder.folder,
        environments={"alpha": builder.alpha},
        library=builder.library,
        scratch=tmp_path / "scratch",
        machine=this_machine(),
    )
    with without_test_name():
        second = execute(jobs, store=here, executor=executor, report=lambda event: None)
    assert second.failures == report.failures
    found = stored_notebooks(builder.store.folder)
    assert len(found) == 3
    assert found == stored_notebooks(here.folder)


def test_everything_travels_by_content(
    make_job: Callable[..., Job], builder: Builder, cluster: Cluster
) -> None:
    for name in ("data", "other"):
        (builder.folder / name).mkdir()
        (builder.folder / name / "list.csv").write_text(f"{name}\n")

    def remove(event: Event) -> None:
        # Whoever runs a notebook after this has nothing of the book but what came along.
        if isinstance(event, Started):
            for name in ("data", "other", "library"):
                shutil.rmtree(builder.folder / name, ignore_errors=True)

    builder.at = remove
    show = "from shelf import answer\nopen({!r}).read(), answer"
    jobs = [
        make_job(show.format(f"{name}/list.csv"), page=f"{name}-{n}.md", data=(f"{name}/list.csv",))
        for name in ("data", "other")
        for n in (1, 2)
    ]
    report = builder.execute(cluster.address, *jobs)
    assert report.executed == tuple(jobs)
    for job in jobs:
        stored = builder.store.get(job.page, "alpha", job.key)
        word = job.page.partition("-")[0]
        assert stored.notebook.cells[1].outputs[0].data["text/plain"] == f"('{word}\\n', 42)"


def test_those_that_took_longest_start_first_and_each_has_its_cores(
    make_job: Callable[..., Job],
    make_record: Callable[..., Record],
    builder: Builder,
    cluster: Cluster,
) -> None:
    # Each takes both threads of the worker, and so runs alone.
    jobs = [make_job("'new'", page=f"{n}.md", cores=2) for n in range(4)]
    for n, job in enumerate(jobs):
        old = make_job("'old'", page=job.page)
        builder.store.put(old.notebook, make_record(old, seconds=float(n)))
    builder.execute(cluster.address, *jobs)
    told = [(type(event), event.page) for event in builder.events[1:]]
    started = [page for kind, page in told if kind is Started]
    # The first may be whichever came before the others were known.
    rest = [page for page in ("3.md", "2.md", "1.md", "0.md") if page != started[0]]
    assert started[1:] == rest
    cells = [page for kind, page in told if kind is CellStarted]
    assert cells == started


def test_what_no_worker_can_run_is_unknown_and_no_failure(
    make_job: Callable[..., Job], builder: Builder, cluster: Cluster
) -> None:
    here = make_job("1", page="here.md")
    device = make_job("1", page="device.md", accelerators=1)
    large = make_job("1", page="large.md", memory=4 * 10**9)
    report = builder.execute(cluster.address, device, here, large)
    assert (report.executed, report.failures) == ((here,), ())
    assert [(job, found.code, found.severity) for job, found in report.unknown] == [
        (job, "cannot-run-here", "warning") for job in (device, large)
    ]
    assert [found.message.partition(": ")[2] for _, found in report.unknown] == [
        "it needs 1 accelerator; this machine has none",
        "it may hold 3.7 GiB of memory; this machine has 2.8 GiB",
    ]


def test_without_a_worker_for_notebooks_all_is_unknown(
    make_job: Callable[..., Job], builder: Builder, tmp_path: Path
) -> None:
    (tmp_path / "dask").mkdir()
    with Cluster(tmp_path / "dask") as cluster:
        cluster.add("--no-nanny", preload=False)
        report = builder.execute(cluster.address, make_job("1"))
    ((_, found),) = report.unknown
    assert found.message == f"no worker of {cluster.address} offers to run notebooks"
    assert f"--preload {PRELOAD}" in found.suggestion


def test_killed_workers_lose_nothing_and_store_nothing_twice(
    make_job: Callable[..., Job], builder: Builder, tmp_path: Path
) -> None:
    draw = random.Random(4)
    jobs = [make_job(f"{n}", f"{n} + 1", page=f"{n}.md") for n in range(20)]
    # Each notebook tells of four things; a worker dies at some of them, and another one joins.
    moments = sorted(draw.sample(range(3, 70), 5))
    (tmp_path / "dask").mkdir()
    with Cluster(tmp_path / "dask") as cluster:
        cluster.add_several(3, *LIMITED)

        def disturb(event: Event) -> None:
            if moments and len(builder.events) > moments[0]:
                del moments[0]
                cluster.kill(draw.choice(cluster.workers))
                cluster.add(*LIMITED, wait=False)

        builder.at = disturb
        report = builder.execute(cluster.address, *jobs)
        assert report.failures == ()
        assert report.executed == tuple(jobs)
        assert moments == []
        finished = [event.page for event in builder.events if isinstance(event, Finished)]
        assert sorted(finished) == sorted(job.page for job in jobs)
        for number, job in enumerate(jobs):
            stored = builder.store.get(job.page, "alpha", job.key)
            shown = [cell.outputs[0].data["text/plain"] for cell in stored.notebook.cells[1:]]
            assert shown == [str(number), str(number + 1)]
        assert verify(builder.store).findings == ()
        assert len(list((builder.store.folder / "records").rglob("*.json"))) == len(jobs)
        again = builder.execute(cluster.address, *jobs)
        assert (again.executed, again.fresh) == ((), tuple(jobs))


def test_a_notebook_that_kills_its_workers_fails_in_the_end(
    make_job: Callable[..., Job],
    builder: Builder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cluster_module, "_STARTS", 2)
    killer = make_job("import os\nos.kill(os.getppid(), 9)", page="killer.md")
    (tmp_path / "dask").mkdir()
    with Cluster(tmp_path / "dask", DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0") as cluster:
        cluster.add_several(3, *LIMITED)
        report = builder.execute(cluster.address, killer, make_job("1", page="good.md"))
        assert len([one for one in cluster.workers if one.poll() is None]) == 1
    assert [job.page for job in report.executed] == ["good.md"]
    (failure,) = report.failures
    assert (failure.page, failure.code) == ("killer.md", "workers-died")
    assert failure.evalue == "each worker that ran it was lost, 2 in all"


def test_files_that_waited_for_a_lost_worker_are_sent_again(
    make_job: Callable[..., Job],
    builder: Builder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    died = tmp_path / "died"

    def deadly(content: object) -> object:
        if not died.exists():
            died.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return content

    monkeypatch.setattr(cluster_module, "identity", deadly)
    (tmp_path / "dask").mkdir()
    with Cluster(tmp_path / "dask", DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0") as cluster:
        cluster.add_several(2, *LIMITED)
        job = make_job("from shelf import answer\nanswer")
        assert builder.execute(cluster.address, job).executed == (job,)
    assert died.exists()


def test_without_any_worker_left_a_notebook_fails_in_the_end(
    make_job: Callable[..., Job], builder: Builder, tmp_path: Path
) -> None:
    (tmp_path / "dask").mkdir()
    with Cluster(tmp_path / "dask") as cluster:
        only = cluster.add(*LIMITED)

        def cut(event: Event) -> None:
            if isinstance(event, CellStarted) and event.page == "endless.md":
                cluster.kill(only)

        builder.at = cut
        jobs = [make_job("1", page="quick.md"), make_job("while True: pass", page="endless.md")]
        report = builder.execute(cluster.address, *jobs, patience=0)
    assert [job.page for job in report.executed] == ["quick.md"]
    (failure,) = report.failures
    assert (failure.page, failure.code) == ("endless.md", "no-worker")


def test_a_lost_scheduler_ends_the_run_and_keeps_what_is_finished(
    make_job: Callable[..., Job], builder: Builder, tmp_path: Path
) -> None:
    left: list[psutil.Process] = []
    (tmp_path / "dask").mkdir()
    with Cluster(tmp_path / "dask") as cluster:
        worker = cluster.add(*LIMITED, DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT="1s")

        def cut(event: Event) -> None:
            if isinstance(event, CellStarted) and event.page == "endless.md":
                left.extend(kernels(worker))
                cluster.scheduler.kill()

        builder.at = cut
        jobs = [make_job("1", page="quick.md"), make_job("while True: pass", page="endless.md")]
        with pytest.raises(ExecutionError) as caught:
            builder.execute(cluster.address, *jobs)
        (found,) = caught.value.diagnostics
        assert found.code == "lost-scheduler"
        assert len(left) == 1
        assert gone(left)
    assert builder.store.latest("quick.md", "alpha") is not None
    assert builder.store.latest("endless.md", "alpha") is None


BUILD = """
import signal, sys
from pathlib import Path
from nbformat.v4 import new_code_cell, new_notebook
from polybook.execution import *
from polybook.execution.cluster import ClusterExecutor, connect

signal.signal(signal.SIGINT, signal.default_int_handler)
folder = Path(sys.argv[1])
def job(page, source):
    cell = new_code_cell(source, metadata={"polybook": {"lines": [1]}})
    return Job(page, "alpha", Key((Part("cell", "1", source),)), new_notebook(cells=[cell]))
def report(event):
    print(type(event).__name__, getattr(event, "page", ""), flush=True)
alpha = Environment("alpha", None, folder / "alpha", ("_config.yml", 1))
with connect(sys.argv[2]) as client:
    execute(
        [job("quick.md", "1"), job("endless.md", "while True: pass")],
        store=Store(folder / "store"),
        executor=ClusterExecutor(client, folder, {"alpha": alpha}, folder / "library"),
        report=report,
    )
"""


@pytest.mark.parametrize("death", [signal.SIGINT, signal.SIGKILL])
def test_the_end_of_the_builder_ends_its_kernels_and_keeps_what_is_finished(
    builder: Builder, cluster: Cluster, death: signal.Signals
) -> None:
    builder.library.mkdir()
    script = builder.folder / "build.py"
    script.write_text(BUILD)
    build = subprocess.Popen(
        [sys.executable, script, builder.folder, cluster.address],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    seen = set()
    try:
        for line in build.stdout:
            seen.add(line.strip())
            if {"CellStarted endless.md", "Finished quick.md"} <= seen:
                break
        running = kernels(cluster.workers[0])
        build.send_signal(death)
        _, stderr = build.communicate(timeout=20)
    finally:
        build.kill()
    assert build.returncode != 0
    assert len(running) == 1
    assert gone(running)
    if death is signal.SIGINT:
        assert stderr.rstrip().endswith("KeyboardInterrupt")
    assert builder.store.latest("quick.md", "alpha") is not None
    assert builder.store.latest("endless.md", "alpha") is None


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "_CONNECT", 0.2)
    with pytest.raises(ExecutionError) as caught, connect("tcp://127.0.0.1:1"):
        pass
    (found,) = caught.value.diagnostics
    assert (found.path, found.code) == ("tcp://127.0.0.1:1", "unreachable-scheduler")


def test_a_worker_makes_the_environment_or_says_why_it_cannot(
    make_job: Callable[..., Job], builder: Builder, tmp_path: Path
) -> None:
    for name in ("dask", "wheels"):
        (tmp_path / name).mkdir()
    write_wheel(tmp_path / "wheels", "tiny", "1.5", {"tiny.py": "size = 1\n"})
    borrowed = {"borrow.pth": sysconfig.get_path("purelib") + "\n"}
    write_wheel(tmp_path / "wheels", "ipykernel", "7.0", borrowed)
    requirements, made = tmp_path / "alpha.txt", tmp_path / "environments"
    builder.alpha = attrs.evolve(builder.alpha, requirements=requirements)
    jobs = [
        make_job("import sys, tiny\nprint(tiny.size, sys.prefix)", page=f"{name}.md")
        for name in ("one", "two")
    ]
    with Cluster(tmp_path / "dask") as cluster:
        cluster.add(
            *LIMITED,
            POLYBOOK_ENVIRONMENTS=str(made),
            PIP_NO_INDEX="1",
            PIP_FIND_LINKS=str(tmp_path / "wheels"),
        )
        requirements.write_text("tiny==1.5\n")
        report = builder.execute(cluster.address, *jobs)
        assert [failure.code for failure in report.failures] == ["unfit-worker", "unfit-worker"]
        failure = report.failures[0]
        assert failure.evalue.startswith("the worker tcp://127.0.0.1:")
        assert "does not name ipykernel" in failure.evalue
        assert "add a pinned `ipykernel==...`" in failure.traceback
        assert not made.exists()

        requirements.write_text("-c limits.txt\ntiny==1.5\nipykernel\n")
        (tmp_path / "limits.txt").write_text("ipykernel==7.0\n")
        report = builder.execute(cluster.address, *jobs)
    assert report.executed == tuple(jobs)
    for job in jobs:
        stored = builder.store.get(job.page, "alpha", job.key)
        assert stored.notebook.cells[1].outputs[0].text == "1 environment\n"
        assert stored.record.versions == {"ipykernel": "7.0", "tiny": "1.5"}
    # Nobody but the worker made anything.
    assert {path.name for path in made.iterdir()} == {"alpha", "alpha.lock"}
    assert not builder.alpha.folder.exists()


def test_a_worker_with_another_python_does_not_run_the_notebook(
    make_job: Callable[..., Job],
    builder: Builder,
    cluster: Cluster,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def other(environment: Environment) -> Recipe:
        return attrs.evolve(original(environment), digest="0" * 64)

    original = Recipe.of
    monkeypatch.setattr(Recipe, "of", other)
    report = builder.execute(cluster.address, make_job("1"))
    (failure,) = report.failures
    assert failure.code == "unfit-worker"
    assert "has another version" in failure.evalue
