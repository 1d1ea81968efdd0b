"""Notebooks that run in the background while their author goes on writing.

What runs is what the last edit made stale. An edit that makes it something else ends it at once.
Kernels are forked from a process that keeps the imports of the page that was run last.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs

from polybook.execution.event import Event
from polybook.execution.executor import Keeper
from polybook.execution.failure import Failure
from polybook.execution.jobs import stage_libraries
from polybook.execution.keys import Keys
from polybook.execution.local import LocalExecutor
from polybook.execution.machine import this_machine
from polybook.execution.preload import imports
from polybook.execution.processes import Guard
from polybook.execution.runner import Job, StoppedError
from polybook.execution.slots import Share, Slots
from polybook.execution.store import Store
from polybook.execution.warm import WarmKernels

PAUSE = 0.3
"""Seconds without an edit after which what it made stale begins to run."""

_NICE = 10
"""How far notebooks stand back behind everything else on the machine."""

_PLACES = 16
"""Most notebooks at a time, whatever the machine has room for."""

Place = tuple[str, str]


@attrs.define(eq=False)
class _Run:
    keys: Keys
    job: Job
    share: Share
    stop: threading.Event = attrs.field(factory=threading.Event)


class Runs:
    """The background execution of one book; use it as a context manager. Safe in threads.

    Args:
        scratch: A folder for the runs.
        store: Where outputs are kept.
        listener: Told what happens, from threads of this object.
    """

    def __init__(self, scratch: Path, store: Store, listener: Callable[[Event], None]) -> None:
        self._library, self._work = scratch / "library", scratch / "work"
        self._work.mkdir(parents=True)
        self._keeper = Keeper(store, listener)
        self._slots = Slots(this_machine())
        self._changed = threading.Condition()
        self._closed = False
        self._keys: Keys | None = None
        self._wanted: dict[Place, Job] = {}
        self._earliest = 0.0
        self._running: dict[Place, _Run] = {}
        self._done: dict[Place, str] = {}
        self._staged: object = None
        self._warm: dict[str, tuple[object, WarmKernels]] = {}
        self._thread = threading.Thread(target=self._serve, name="runs", daemon=True)
        self._thread.start()

    def __enter__(self) -> Runs:
        return self

    def __exit__(self, *error: object) -> None:
        """End what runs, with all its processes."""
        with self._changed:
            self._closed = True
            self._stop_unwanted()
            self._changed.notify_all()
        self._thread.join()

    def want(self, keys: Keys, jobs: Sequence[Job], at_once: bool = False) -> None:
        """Run these notebooks, those first that come first, and no others any more.

        One that has failed does not run again until its key changes.

        Args:
            keys: The keys of the book as it is now.
            jobs: All notebooks that are stale and can run here.
            at_once: Whether to begin without a pause.
        """
        with self._changed:
            self._keys = keys
            self._wanted = {(job.page, job.framework): job for job in jobs}
            self._earliest = time.monotonic() + (0.0 if at_once else PAUSE)
            self._stop_unwanted()
            self._changed.notify_all()

    def refuses(self, keys: Keys, job: Job) -> bool:
        """Tell whether a notebook cannot run here, or makes no sense as it is."""
        library = keys.libraries.get(job.framework)
        if library and any(each.severity == "error" for each in library.diagnostics):
            return True
        return self._executor(keys).refusal(job) is not None

    def _stop_unwanted(self) -> None:
        for place, run in self._running.items():
            wanted = None if self._closed else self._wanted.get(place)
            if wanted is None or wanted.key.digest != run.job.key.digest:
                run.stop.set()

    def _serve(self) -> None:
        if sys.platform == "linux":
            # There each thread has a priority of its own, which its processes inherit.
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        try:
            with Guard() as guard, ThreadPoolExecutor(_PLACES, "notebook") as pool:
                while (run := self._next()) is not None:
                    executor = self._executor(run.keys)
                    executor.warm = self._kernels(run.keys, run.job)
                    environ = self._slots.environ(run.job.needs, run.share)
                    pool.submit(self._run, run, executor, environ, guard.mark)
        finally:
            for _, kernels in self._warm.values():
                kernels.__exit__(None, None, None)

    def _next(self) -> _Run | None:
        """Wait for a notebook that can start, and return it; None when all is over."""
        with self._changed:
            while not self._closed:
                pause = self._earliest - time.monotonic()
                if pause <= 0 and (run := self._startable()):
                    return run
                self._changed.wait(pause if pause > 0 and self._wanted else None)
            return None

    def _startable(self) -> _Run | None:
        assert self._keys or not self._wanted
        busy = {framework for _, framework in self._running}
        for place, job in self._wanted.items():
            # One of each framework: they share the process that their kernels are forked from.
            if self._done.get(place) == job.key.digest or job.framework in busy:
                continue
            assert self._keys is not None
            if self._staged is not self._keys.libraries:
                if self._running:
                    # They import the library as it was when they began.
                    return None
                stage_libraries(self._keys.book, self._keys.libraries, self._library)
                self._staged = self._keys.libraries
            share = self._slots.take(job.needs)
            if share is not None:
                run = self._running[place] = _Run(self._keys, job, share)
                return run
        return None

    def _executor(self, keys: Keys) -> LocalExecutor:
        return LocalExecutor(
            book=keys.book.folder,
            environments=keys.environments,
            library=self._library,
            scratch=self._work,
            machine=self._slots.machine,
        )

    def _kernels(self, keys: Keys, job: Job) -> WarmKernels | None:
        """Return what forks kernels with exactly the imports of ``job``."""
        if not keys.book.config.framework(job.framework).warm:
            return None
        library = keys.libraries.get(job.framework)
        local = {each.module.partition(".")[0] for each in keys.libraries.values()}
        wanted = imports(job.notebook, library, local)
        known = self._warm.get(job.framework)
        if known and known[0] == wanted:
            return known[1]
        if known:
            known[1].__exit__(None, None, None)
        kernels = WarmKernels(keys.libraries)
        # Twice, for what fits one notebook alone is not kept; here it will come again.
        kernels.expect([job, job], self._keeper.report)
        self._warm[job.framework] = wanted, kernels
        return kernels

    def _run(self, run: _Run, executor: LocalExecutor, environ: dict[str, str], mark: str) -> None:
        place = run.job.page, run.job.framework
        ended = True
        try:
            result = executor.run_one(run.job, environ, mark, self._keeper, run.stop)
            ended = not (run.stop.is_set() and isinstance(result, Failure))
        except StoppedError:
            ended = False
        finally:
            with self._changed:
                self._slots.give_back(run.share)
                del self._running[place]
                if ended:
                    self._done[place] = run.job.key.digest
                self._changed.notify_all()
