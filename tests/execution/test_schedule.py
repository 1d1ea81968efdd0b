"""Most tests replace the runner; those about threads and signals use real kernels."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import attrs
import psutil
import pytest

from polybook.execution import (
    Accelerator,
    Environment,
    Event,
    Failed,
    Failure,
    Finished,
    Job,
    Key,
    LocalExecutor,
    Machine,
    Part,
    Place,
    Planned,
    Queued,
    Record,
    Report,
    Store,
    Success,
    Waiting,
    execute,
    local,
    makespan,
    plan,
)
from polybook.execution.record import record_path


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@attrs.define
class Stage:
    """The scheduler with all that it needs; ``ran`` lists the pages in the order they ran."""

    store: Store
    alpha: Environment
    folder: Path
    ran: list[str] = attrs.field(factory=list)
    events: list[Event] = attrs.field(factory=list)

    def execute(self, *jobs: Job, slots: int = 1, **changes: object) -> Report:
        executor = self.executor(slots, **changes)
        return execute(jobs, store=self.store, executor=executor, report=self.events.append)

    def executor(self, slots: int = 1, **changes: object) -> LocalExecutor:
        options = {
            "book": self.folder,
            "environments": {"alpha": self.alpha},
            "library": self.folder,
            "scratch": self.folder / "scratch",
            "machine": Machine(cores=slots, memory=2**40),
        }
        return LocalExecutor(**{**options, **changes})


@pytest.fixture
def stage(
    store: Store,
    alpha: Environment,
    tmp_path: Path,
    make_record: Callable[..., Record],
    monkeypatch: pytest.MonkeyPatch,
) -> Stage:
    """A scheduler whose notebooks succeed at once, except those that hold ``fail``."""
    stage = Stage(store, alpha, tmp_path)

    def pretend(job: Job, place: Place, **options: object) -> Success | Failure:
        stage.ran.append(job.page)
        if job.notebook.cells[-1].source == "fail":
            return Failure(job.page, job.framework, 10, "Oops", "it failed")
        return Success(job.notebook, make_record(job))

    monkeypatch.setattr(local, "run", pretend)
    return stage


def test_what_the_store_has_is_not_run_again(stage: Stage, make_job: Callable[..., Job]) -> None:
    one, two = make_job("1", page="one.md"), make_job("2", page="two.md")
    first = stage.execute(one)
    assert (first.executed, first.fresh) == ((one,), ())
    second = stage.execute(one, two)
    assert (second.executed, second.fresh) == ((two,), (one,))
    assert stage.ran == ["one.md", "two.md"]
    assert stage.events[-2:] == [Queued(stale=1, fresh=1), Finished("two.md", "alpha", 1.0)]


def test_a_failure_is_not_stored_and_the_others_go_on(
    stage: Stage, make_job: Callable[..., Job]
) -> None:
    bad, good = make_job("fail", page="bad.md"), make_job("1", page="good.md")
    report = stage.execute(bad, good)
    (failure,) = report.failures
    assert (failure.page, failure.ename) == ("bad.md", "Oops")
    assert report.executed == (good,)
    assert stage.store.latest("bad.md", "alpha") is None
    assert Failed("bad.md", "alpha", failure) in stage.events
    assert [str(found) for found in report.diagnostics] == [
        "bad.md:10:1: error: Oops: it failed (in the alpha notebook) [cell-raised]"
    ]


def test_the_longest_runs_first_and_the_untimed_before_it(
    stage: Stage, make_job: Callable[..., Job], make_record: Callable[..., Record]
) -> None:
    for page, seconds in [("short.md", 1), ("long.md", 60), ("middle.md", 20)]:
        old = make_job("old", page=page)
        stage.store.put(old.notebook, make_record(old, seconds))
    pages = ["short.md", "middle.md", "untimed.md", "long.md"]
    stage.execute(*[make_job("new", page=page) for page in pages])
    assert stage.ran == ["untimed.md", "long.md", "middle.md", "short.md"]


def test_a_missing_environment_does_not_keep_the_others_from_running(
    stage: Stage, make_job: Callable[..., Job], tmp_path: Path
) -> None:
    (tmp_path / "beta.txt").write_text("ipykernel==7.0\n")
    beta = Environment("beta", tmp_path / "beta.txt", tmp_path / "beta", ("_config.yml", 9))
    one, two = make_job("1", page="one.md"), make_job("1", page="two.md")
    others = [attrs.evolve(job, framework="beta") for job in (one, two)]
    report = stage.execute(one, *others, environments={"alpha": stage.alpha, "beta": beta})
    assert report.executed == (one,)
    assert [job for job, _ in report.unknown] == others
    (found,) = report.diagnostics
    assert (found.path, found.line, found.code) == ("_config.yml", 9, "missing-environment")


def test_outputs_that_cannot_be_stored_are_a_failure(
    stage: Stage, make_job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Store, *arguments: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Store, "put", full)
    report = stage.execute(make_job("1"))
    (failure,) = report.failures
    assert failure.code == "not-stored"
    assert failure.summary == "OSError: the outputs cannot be stored: No space left on device"
    assert report.executed == ()


def test_damaged_outputs_are_made_again(stage: Stage, make_job: Callable[..., Job]) -> None:
    job = make_job("1")
    stage.execute(job)
    file = next(stage.store.folder.rglob("*.ipynb"))
    file.write_text("")
    assert stage.execute(job).executed == (job,)
    assert stage.execute(job).fresh == (job,)


def test_as_many_notebooks_run_at_a_time_as_there_are_slots(
    stage: Stage,
    make_job: Callable[..., Job],
    make_record: Callable[..., Record],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Each waits for the other, so one at a time would break the barrier.
    both = threading.Barrier(2, timeout=10)

    def meet(job: Job, place: Place, **options: object) -> Success:
        both.wait()
        return Success(job.notebook, make_record(job))

    monkeypatch.setattr(local, "run", meet)
    report = stage.execute(make_job("1", page="one.md"), make_job("1", page="two.md"), slots=2)
    assert len(report.executed) == 2


def test_each_run_has_a_fresh_folder_that_is_removed_afterwards(
    stage: Stage,
    make_job: Callable[..., Job],
    make_record: Callable[..., Record],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Path] = []

    def write(job: Job, place: Place, **options: object) -> Success:
        assert list(place.work.iterdir()) == []
        (place.work / "left.txt").touch()
        seen.append(place.work)
        return Success(job.notebook, make_record(job))

    monkeypatch.setattr(local, "run", write)
    stage.execute(make_job("1", page="one.md"), make_job("1", page="two.md"))
    assert len(set(seen)) == 2
    assert list((stage.folder / "scratch").iterdir()) == []


def test_a_defect_of_the_program_is_not_swallowed(
    stage: Stage, make_job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(job: Job, place: Place, **options: object) -> Success:
        raise AssertionError("a defect")

    monkeypatch.setattr(local, "run", broken)
    with pytest.raises(AssertionError, match="a defect"):
        stage.execute(make_job("1"))


def test_the_plan_says_why(
    stage: Stage, make_job: Callable[..., Job], make_record: Callable[..., Record]
) -> None:
    store = stage.store
    fresh, changed, damaged, new, large = (
        make_job("1", "2", page=f"{name}.md", accelerators=int(name == "large"))
        for name in ("fresh", "changed", "damaged", "new", "large")
    )
    for job in (fresh, changed, damaged):
        record = store.put(job.notebook, make_record(job))
        store.put(job.notebook, attrs.evolve(record, seconds=2.0))
    (store.folder / record_path(record)).write_text("{")
    parts = (Part("cell", "1", "1"), Part("cell", "2", "other"))
    changed = attrs.evolve(changed, key=Key(parts))
    planned = plan(
        [fresh, changed, damaged, new, large],
        store=store,
        executor=stage.executor(),
        explain=lambda job, change: f"{change.kind} {change.name} {change.what}",
    )
    assert planned == [
        Planned("fresh.md", "alpha", "fresh", seconds=2.0),
        Planned("changed.md", "alpha", "stale", "cell 2 changed", 2.0),
        Planned(
            "damaged.md",
            "alpha",
            "stale",
            "the stored outputs are damaged: the record is not whole",
        ),
        Planned("new.md", "alpha", "stale", "never executed"),
        Planned(
            "large.md",
            "alpha",
            "unknown",
            "the alpha notebook cannot run on this machine: "
            "it needs 1 accelerator; this machine has none",
        ),
    ]


def test_what_this_machine_cannot_run_is_unknown_and_no_failure(
    stage: Stage, make_job: Callable[..., Job]
) -> None:
    here, elsewhere = make_job("1", page="here.md"), make_job("1", page="gpu.md", accelerators=1)
    report = stage.execute(here, elsewhere)
    assert (report.executed, report.failures) == ((here,), ())
    ((job, reason),) = report.unknown
    assert (job, reason.code, reason.severity) == (elsewhere, "cannot-run-here", "warning")
    # Once another machine has put it into the store, it is as fresh as any other.
    stage.execute(elsewhere, machine=Machine(1, 2**40, (Accelerator("0", "Large", 2**34),)))
    assert stage.execute(here, elsewhere).fresh == (here, elsewhere)


def test_notebooks_wait_for_memory_that_others_hold(
    stage: Stage,
    make_job: Callable[..., Job],
    make_record: Callable[..., Record],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    jobs = [make_job("new", page=f"{name}.md") for name in ("one", "two", "three")]
    for job in jobs:
        old = make_job("old", page=job.page)
        stage.store.put(old.notebook, make_record(old, peak_memory=4 * 10**9))
    most, at_once = [], []

    def count(job: Job, place: Place, **options: object) -> Success:
        at_once.append(job.page)
        most.append(len(at_once))
        at_once.remove(job.page)
        return Success(job.notebook, make_record(job))

    monkeypatch.setattr(local, "run", count)
    # There are cores for three, and memory for one.
    report = stage.execute(*jobs, machine=Machine(cores=3, memory=5 * 10**9))
    assert len(report.executed) == 3
    assert max(most) == 1


def test_a_kernel_is_told_how_many_threads_and_which_devices_it_has(
    stage: Stage,
    make_job: Callable[..., Job],
    make_record: Callable[..., Record],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: dict[str, dict[str, str]] = {}

    def look(job: Job, place: Place, **options: object) -> Success:
        seen[job.page] = dict(place.environ)
        return Success(job.notebook, make_record(job))

    monkeypatch.setattr(local, "run", look)
    two = (Accelerator("0", "Large", 80 * 2**30), Accelerator("1", "Large", 80 * 2**30))
    stage.execute(
        make_job("1", page="plain.md"),
        make_job("1", page="cores.md", cores=4),
        make_job("1", page="part.md", accelerators=1, accelerator_memory=20 * 2**30),
        make_job("1", page="both.md", accelerators=2),
        machine=Machine(4, 2**40, two),
    )
    assert seen["plain.md"]["OMP_NUM_THREADS"] == "1"
    assert seen["plain.md"]["CUDA_VISIBLE_DEVICES"] == "-1"
    assert seen["cores.md"]["OMP_NUM_THREADS"] == "4"
    assert seen["part.md"]["XLA_PYTHON_CLIENT_MEM_FRACTION"] == "0.250"
    assert seen["part.md"]["CUDA_VISIBLE_DEVICES"] in ("0", "1")
    assert seen["both.md"]["CUDA_VISIBLE_DEVICES"] == "0,1"


@pytest.mark.parametrize(
    ("seconds", "cores", "expected"),
    [
        ([5, 4, 3, 2], 1, 14),
        ([5, 4, 3, 2], 2, 7),
        ([10, 1, 1], 2, 10),
        ([6, None], 1, 12),  # one that never ran is taken for average
        ([None, None], 2, 0),
        ([], 2, 0),
    ],
)
def test_the_makespan_is_that_of_the_queue(
    make_job: Callable[..., Job],
    make_record: Callable[..., Record],
    seconds: list[float | None],
    cores: int,
    expected: float,
) -> None:
    job = make_job("1")
    waiting = [Waiting(job, make_record(job, each) if each else None) for each in seconds]
    assert makespan(waiting, Machine(cores, 2**40)) == expected


def test_a_folder_that_cannot_be_written_is_a_failure_of_the_notebook(
    stage: Stage, make_job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(job: Job, place: Place, **options: object) -> Success:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(local, "run", full)
    (failure,) = stage.execute(make_job("1")).failures
    assert failure.code == "not-started"
    assert failure.summary == "OSError: the notebook cannot be run: No space left on device"


def test_real_kernels_run_side_by_side(
    store: Store, alpha: Environment, make_job: Callable[..., Job], tmp_path: Path
) -> None:
    # Each waits for the file of the other, which only appears if both run.
    meet = textwrap.dedent("""
        import pathlib, time
        here = pathlib.Path({folder!r})
        (here / "{mine}").touch()
        while not (here / "{other}").exists():
            time.sleep(0.01)
    """)
    jobs = [
        make_job(meet.format(folder=str(tmp_path), mine=a, other=b), page=f"{a}.md", time=30.0)
        for a, b in [("left", "right"), ("right", "left")]
    ]
    jobs.append(make_job("1 / 0", page="bad.md"))
    report = Stage(store, alpha, tmp_path).execute(*jobs, slots=2)
    assert [failure.page for failure in report.failures] == ["bad.md"]
    assert report.executed == tuple(jobs[:2])


BUILD = """
import signal, sys
from contextlib import nullcontext
from pathlib import Path
from nbformat.v4 import new_code_cell, new_notebook
from polybook.execution import *

# Who starts the tests in the background of a shell makes them deaf to this.
signal.signal(signal.SIGINT, signal.default_int_handler)
folder = Path(sys.argv[1])
def job(page, source):
    cell = new_code_cell(source, metadata={"polybook": {"lines": [1]}})
    return Job(page, "alpha", Key((Part("cell", "1", source),)), new_notebook(cells=[cell]))
def report(event):
    print(type(event).__name__, getattr(event, "page", ""), flush=True)
with WarmKernels({}) if sys.argv[2] == "warm" else nullcontext() as warm:
    execute(
        [job("quick.md", "1"), job("endless.md", "while True: pass"), job("waiting.md", "2")],
        store=Store(folder / "store"),
        executor=LocalExecutor(
            book=folder,
            environments={
                "alpha": Environment("alpha", None, folder / "alpha", ("_config.yml", 1))
            },
            library=folder,
            scratch=folder / "scratch",
            machine=Machine(cores=1, memory=2**40),
            warm=warm,
        ),
        report=report,
    )
"""


@pytest.mark.parametrize("start", ["cold", "warm"])
def test_an_interrupt_keeps_what_is_finished_and_leaves_no_process(
    store: Store, tmp_path: Path, start: str
) -> None:
    script = tmp_path / "build.py"
    script.write_text(BUILD)
    build = subprocess.Popen(
        [sys.executable, script, tmp_path, start],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        for line in build.stdout:
            if line == "CellStarted endless.md\n":
                break
        kernels = psutil.Process(build.pid).children(recursive=True)
        interrupted = time.monotonic()
        build.send_signal(signal.SIGINT)
        _, stderr = build.communicate(timeout=10)
    finally:
        build.kill()
    assert time.monotonic() - interrupted < 3
    assert build.returncode != 0
    assert stderr.rstrip().endswith("KeyboardInterrupt")
    # With the guard, and with the fork server.
    assert len(kernels) == (3 if start == "warm" else 2)
    assert not [kernel for kernel in kernels if kernel.is_running()]
    assert store.latest("quick.md", "alpha") is not None
    assert store.latest("endless.md", "alpha") is None
    assert store.latest("waiting.md", "alpha") is None
    assert list((tmp_path / "scratch").iterdir()) == []
