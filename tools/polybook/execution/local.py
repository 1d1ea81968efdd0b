"""Running notebooks on this machine, as many at a time as it has room for."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import cache, partial
from pathlib import Path

import attrs
from jupyter_core.utils import ensure_event_loop

from polybook.execution.data import stage_data
from polybook.execution.environments import Environment
from polybook.execution.event import Event
from polybook.execution.executor import Keeper, Waiting, refused
from polybook.execution.failure import ExecutionError
from polybook.execution.machine import Machine
from polybook.execution.processes import Guard
from polybook.execution.runner import Job, Place, Result, run
from polybook.execution.slots import Share, Slots
from polybook.execution.warm import WarmKernels
from polybook.source.diagnostic import Diagnostic


@attrs.define(eq=False, slots=False)
class LocalExecutor:
    """This machine.

    Attributes:
        book: The book's folder, where the declared data are.
        environments: The environment of each framework.
        library: Folder on every kernel's ``PYTHONPATH``.
        scratch: Each run gets a folder of its own in it, removed afterwards.
        machine: What there is to run with.
        cores: How many cores notebooks use together.
        warm: Forks the kernels, where it can; None to start a new process for each.
    """

    book: Path
    environments: Mapping[str, Environment]
    library: Path
    scratch: Path
    machine: Machine
    cores: int | None = None
    warm: WarmKernels | None = None

    def __attrs_post_init__(self) -> None:
        self._missing = cache(self._missing_environment)

    def refusal(self, job: Job) -> Diagnostic | None:
        """Say why ``job`` cannot run here; None if it can."""
        if missing := self._missing(job.framework):
            return missing
        reason = Slots(self.machine, self.cores).refusal(job.needs)
        if reason is None:
            return None
        return Diagnostic(
            path=job.page,
            line=1,
            column=1,
            code="cannot-run-here",
            message=f"the {job.framework} notebook cannot run on this machine: {reason}",
            suggestion="run it on another machine that shares the store",
            severity="warning",
        )

    def run(self, waiting: Sequence[Waiting], keeper: Keeper) -> list[tuple[Job, Result]]:
        """Run the notebooks, those first that come first, as soon as there is room."""
        if not waiting:
            return []
        self.scratch.mkdir(parents=True, exist_ok=True)
        if self.warm:
            self.warm.expect([each.job for each in waiting], keeper.report)
        slots, queue = Slots(self.machine, self.cores), list(waiting)
        results: dict[int, tuple[Job, Result]] = {}
        running: dict[Future[Result], tuple[Waiting, Share]] = {}
        stop = threading.Event()
        with (
            Guard() as guard,
            ThreadPoolExecutor(len(queue), thread_name_prefix="notebook") as pool,
        ):
            try:
                while queue or running:
                    for each, share in _startable(queue, slots):
                        environ = slots.environ(each.job.needs, share)
                        future = pool.submit(
                            self.run_one, each.job, environ, guard.mark, keeper, stop
                        )
                        running[future] = each, share
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        each, share = running.pop(future)
                        slots.give_back(share)
                        results[id(each)] = each.job, future.result()
            finally:
                # After an interrupt the kernels die at once and their threads with them.
                stop.set()
        return [results[id(each)] for each in waiting]

    def run_one(
        self,
        job: Job,
        environ: Mapping[str, str],
        mark: str,
        keeper: Keeper,
        stop: threading.Event,
    ) -> Result:
        """Run one notebook and hand its result to ``keeper``.

        Args:
            job: The notebook.
            environ: Variables that keep it to its share of the machine.
            mark: Beginning of the mark that its processes bear.
            keeper: Stores what it gives, and tells of it.
            stop: Ends the kernel when it is set.

        Raises:
            StoppedError: ``stop`` was set before the last cell ended.
        """
        place = Place(
            environment=self.environments[job.framework],
            library=self.library,
            work=self.scratch,
            environ=environ,
            warm=self.warm,
            mark=mark,
            host=self.machine.description,
        )
        stage = partial(stage_data, self.book, job.needs.data)
        return keeper.take(job, run_aside(job, place, stage, report=keeper.report, stop=stop))

    def _missing_environment(self, framework: str) -> Diagnostic | None:
        try:
            self.environments[framework].require()
        except ExecutionError as error:
            return error.diagnostics[0]
        return None


def run_aside(
    job: Job,
    place: Place,
    stage: Callable[[Path], None],
    *,
    report: Callable[[Event], None],
    stop: threading.Event,
) -> Result:
    """Execute ``job`` in a folder of its own, which is removed afterwards.

    Args:
        job: The notebook.
        place: Where and with what; the folder is made in its ``work``, which is there.
        stage: Puts the declared data into a folder.
        report: Told that the notebook and each of its cells starts.
        stop: Ends the kernel when it is set.

    Raises:
        StoppedError: ``stop`` was set before the last cell ended.
    """
    try:
        with tempfile.TemporaryDirectory(dir=place.work, ignore_cleanup_errors=True) as own:
            work, data = Path(own) / "work", Path(own) / "data"
            if job.needs.data:
                stage(data)
            work.mkdir()
            here = attrs.evolve(place, work=work, data=data if job.needs.data else None)
            return run(job, here, report=report, stop=stop)
    except OSError as error:
        # A full disk, or a folder that may not be written.
        return refused(job, error, "the notebook cannot be run", "not-started")
    finally:
        # Jupyter opens one event loop per thread and leaves it open.
        ensure_event_loop().close()


def _startable(queue: list[Waiting], slots: Slots) -> list[tuple[Waiting, Share]]:
    """Take those from ``queue`` for which there is room now, with their shares."""
    chosen = []
    for each in list(queue):
        share = slots.take(each.job.needs, each.before.peak_memory if each.before else None)
        if share is not None:
            queue.remove(each)
            chosen.append((each, share))
    return chosen


def makespan(waiting: Sequence[Waiting], machine: Machine, cores: int | None = None) -> float:
    """Return how long the notebooks will take together, in seconds, as :class:`LocalExecutor` runs.

    One that never ran is taken to last as long as the others on average.
    """
    known = [each.before.seconds for each in waiting if each.before]
    usual = sum(known) / len(known) if known else 0.0
    slots, queue, now = Slots(machine, cores), list(waiting), 0.0
    running: list[tuple[float, Share]] = []
    while queue or running:
        running += [
            (now + (each.before.seconds if each.before else usual), share)
            for each, share in _startable(queue, slots)
        ]
        running.sort(key=lambda each: each[0])
        now, share = running.pop(0)
        slots.give_back(share)
    return now
