"""What has to run, and running it in parallel."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Literal

import attrs
from jupyter_core.utils import ensure_event_loop

from polybook.execution.environments import Environment
from polybook.execution.event import Event, Failed, Finished, Queued
from polybook.execution.failure import ExecutionError, Failure
from polybook.execution.runner import Job, Result, Success, run
from polybook.execution.store import DamagedError, Store
from polybook.source.diagnostic import Diagnostic


@attrs.frozen
class Planned:
    """Whether one notebook has to run, and why.

    Attributes:
        page: The chapter's file, relative to the book's folder.
        framework: The framework whose notebook it is.
        state: ``unknown`` is never taken for fresh.
        reason: Why it is not fresh, in words; empty if it is.
    """

    page: str
    framework: str
    state: Literal["fresh", "stale", "unknown"]
    reason: str = ""


@attrs.frozen
class Report:
    """What an execution did.

    Attributes:
        executed: Jobs whose outputs are new in the store.
        fresh: Jobs whose outputs were in the store.
        failures: What went wrong, one for each notebook that ran and failed.
        unrun: Jobs whose environment is not there.
        missing: One finding for each environment that is not there.
        seconds: Time that all of it took.
    """

    executed: tuple[Job, ...]
    fresh: tuple[Job, ...]
    failures: tuple[Failure, ...]
    unrun: tuple[Job, ...]
    missing: tuple[Diagnostic, ...]
    seconds: float

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All that went wrong; empty if every notebook's outputs are in the store."""
        return self.missing + tuple(failure.diagnostic for failure in self.failures)


def plan(jobs: Iterable[Job], store: Store) -> list[Planned]:
    """Say of each job whether its outputs are in the store, running nothing."""
    return [_planned(job, store) for job in jobs]


def execute(
    jobs: Iterable[Job],
    *,
    store: Store,
    environments: Mapping[str, Environment],
    library: Path,
    scratch: Path,
    slots: int,
    report: Callable[[Event], None],
) -> Report:
    """Run the jobs whose outputs the store lacks, ``slots`` at a time.

    A notebook that fails does not keep the others from running. On
    KeyboardInterrupt the running kernels are killed, what is finished stays
    in the store, and the interrupt goes on to the caller.

    Args:
        jobs: All notebooks, in any order.
        store: Where outputs are looked up and kept, each as soon as it is there.
        environments: The environment of each framework.
        library: Folder on every kernel's ``PYTHONPATH``.
        scratch: Each run gets a folder of its own in it, removed afterwards.
        slots: How many notebooks run at the same time.
        report: Told what happens; never called twice at the same time.
    """
    began = time.monotonic()
    stale: list[Job] = []
    fresh: list[Job] = []
    for job in jobs:
        found = store.get(job.page, job.framework, job.key)
        (stale if found is None else fresh).append(job)
    missing = _missing({job.framework for job in stale}, environments)
    unrun = [job for job in stale if job.framework in missing]
    ready = [job for job in stale if job.framework not in missing]

    scratch.mkdir(parents=True, exist_ok=True)
    crew = _Crew(store, environments, library, scratch, report)
    crew.report(Queued(len(ready), len(fresh)))
    results = crew.run(_longest_first(ready, store), slots)
    return Report(
        executed=tuple(job for job, result in results if isinstance(result, Success)),
        fresh=tuple(fresh),
        failures=tuple(result for _, result in results if isinstance(result, Failure)),
        unrun=tuple(unrun),
        missing=tuple(found for framework in sorted(missing) for found in missing[framework]),
        seconds=time.monotonic() - began,
    )


class _Crew:
    """The threads that run notebooks; the work itself is done by the kernels."""

    def __init__(
        self,
        store: Store,
        environments: Mapping[str, Environment],
        library: Path,
        scratch: Path,
        report: Callable[[Event], None],
    ) -> None:
        self._store = store
        self._environments = environments
        self._library = library
        self._scratch = scratch
        self._report = report
        self._lock = threading.Lock()
        self._stop = threading.Event()

    def report(self, event: Event) -> None:
        with self._lock:
            self._report(event)

    def run(self, jobs: list[Job], slots: int) -> list[tuple[Job, Result]]:
        """Run ``jobs`` and return their results, in the order of ``jobs``."""
        pool = ThreadPoolExecutor(slots, thread_name_prefix="notebook")
        try:
            futures = {pool.submit(self._run, job): job for job in jobs}
            for future in as_completed(futures):
                future.result()
            return [(job, future.result()) for future, job in futures.items()]
        finally:
            # After an interrupt the kernels die at once and their threads with them.
            self._stop.set()
            pool.shutdown(cancel_futures=True)

    def _run(self, job: Job) -> Result:
        try:
            with tempfile.TemporaryDirectory(dir=self._scratch, ignore_cleanup_errors=True) as work:
                result = run(
                    job,
                    environment=self._environments[job.framework],
                    library=self._library,
                    work=Path(work),
                    report=self.report,
                    stop=self._stop,
                )
            result = self._kept(result)
        finally:
            # Jupyter opens one event loop per thread and leaves it open.
            ensure_event_loop().close()
        match result:
            case Success(record=record):
                self.report(Finished(job.page, job.framework, record.seconds))
            case Failure():
                self.report(Failed(job.page, job.framework, result))
        return result

    def _kept(self, result: Result) -> Result:
        if isinstance(result, Failure):
            return result
        try:
            self._store.put(result.notebook, result.record)
        except OSError as error:
            return Failure(
                page=result.record.page,
                framework=result.record.framework,
                line=1,
                ename=type(error).__name__,
                evalue=f"the outputs cannot be stored: {error.strerror}",
                code="not-stored",
            )
        return result


def _planned(job: Job, store: Store) -> Planned:
    def stale(reason: str) -> Planned:
        return Planned(job.page, job.framework, "stale", reason)

    try:
        if store.read(job.page, job.framework, job.key) is not None:
            return Planned(job.page, job.framework, "fresh")
    except DamagedError as error:
        return stale(f"the stored outputs are damaged: {error}")
    latest = store.latest(job.page, job.framework)
    return stale("never executed" if latest is None else job.key.difference(latest.key.parts))


def _missing(
    frameworks: Iterable[str], environments: Mapping[str, Environment]
) -> dict[str, tuple[Diagnostic, ...]]:
    missing: dict[str, tuple[Diagnostic, ...]] = {}
    for framework in frameworks:
        try:
            environments[framework].require()
        except ExecutionError as error:
            missing[framework] = error.diagnostics
    return missing


def _longest_first(jobs: list[Job], store: Store) -> list[Job]:
    """Order jobs so that no long one starts last; one never timed may be the longest."""

    def seconds(job: Job) -> float:
        latest = store.latest(job.page, job.framework)
        return float("inf") if latest is None else latest.seconds

    return sorted(jobs, key=seconds, reverse=True)
