"""Running notebooks on many machines: the workers of a Dask cluster.

All that a notebook needs travels by content, as arguments of its task, and what it gives comes
back as the task's result; the builder alone writes to the store, each notebook once. Files that
several notebooks need are tasks of their own, named after their content: Dask brings each to a
worker once, and makes it again where a worker is lost that held it.

Dask runs again what a lost worker ran. It counts a loss against all notebooks that waited for
that worker as well, so whether a notebook itself is to blame is told by how often it started.
"""

from __future__ import annotations

import hashlib
import itertools
import logging
import pickle
import secrets
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs
import dask
from dask.utils import parse_timedelta
from distributed import CancelledError, Client, Future, KilledWorker, wait
from distributed.comm import get_address_host_port
from toolz import identity

from polybook.execution.data import declared_files
from polybook.execution.environments import Environment
from polybook.execution.event import CellStarted, Started
from polybook.execution.executor import Keeper, Waiting, refused
from polybook.execution.failure import Code, ExecutionError, Failure
from polybook.execution.machine import Machine
from polybook.execution.runner import Job, Result
from polybook.execution.slots import Slots
from polybook.execution.worker import Recipe, offered, resources, run_notebook
from polybook.source.diagnostic import Diagnostic

PRELOAD = "polybook.execution.worker"

_STARTS = 4
"""How often a notebook may start on a worker that is lost before it ends."""

_RETRIES = 3
"""How often Dask repeats a task that raised: no notebook does, but moving data can fail."""

_CONNECT = 10.0
"""Most seconds that the scheduler has to answer; fewer where Dask's settings say so."""

_TICK = 1.0
"""Seconds between two looks at which workers there are."""

_EVENTS = {each.__name__: each for each in (Started, CellStarted)}


@contextmanager
def connect(address: str | None) -> Iterator[Client]:
    """Yield a client of the scheduler at ``address``; None for the one that Dask's settings name.

    Raises:
        ExecutionError: None is named, or it does not answer in time.
    """
    address = address or dask.config.get("scheduler-address", None)
    if not address:
        raise _error(
            "--executor dask",
            "unreachable-scheduler",
            "no scheduler is named",
            "name one with `--scheduler tcp://HOST:8786` or in DASK_SCHEDULER_ADDRESS",
        )
    # What goes wrong is told in our own words.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    usual = parse_timedelta(dask.config.get("distributed.comm.timeouts.connect"))
    try:
        get_address_host_port(address)
        client = Client(address, timeout=min(usual, _CONNECT), set_as_default=False)
    except (OSError, ValueError) as error:
        reason = str(error).partition("\n")[0] or "it does not answer"
        raise _error(
            address,
            "unreachable-scheduler",
            f"the Dask scheduler cannot be reached: {reason}",
            "check the address, and that `dask scheduler` runs there",
        ) from error
    try:
        # Files travel in the graph on purpose: what is scattered is lost with its worker.
        limits = {"distributed.admin.large-graph-warning-threshold": "1TB"}
        with client.as_current(), dask.config.set(limits):
            yield client
    finally:
        with suppress(OSError):
            client.close(timeout=2)


@attrs.define(eq=False, slots=False)
class ClusterExecutor:
    """The workers of a Dask cluster that run notebooks.

    Attributes:
        client: Connected to the scheduler.
        book: The book's folder, where the declared data are.
        environments: The environment of each framework; none need exist here.
        library: Folder whose content is on every kernel's ``PYTHONPATH``.
        patience: Seconds without any worker that could run a notebook, after which it failed.
    """

    client: Client
    book: Path
    environments: Mapping[str, Environment]
    library: Path
    patience: float = 60.0

    @cached_property
    def machines(self) -> dict[str, Machine]:
        """What each worker offers that was there at first, by address."""
        able = [
            name for name, has in self.workers().items() if resources(0, 0, 0).keys() <= has.keys()
        ]
        with self._unless_lost():
            return self.client.run(offered, workers=able, on_error="ignore") if able else {}

    @property
    def machine(self) -> Machine:
        """What all of them offer together."""
        every = list(self.machines.values())
        return Machine(
            cores=sum(each.cores for each in every),
            memory=sum(each.memory for each in every),
            accelerators=tuple(one for each in every for one in each.accelerators),
        )

    def refusal(self, job: Job) -> Diagnostic | None:
        """Say why no worker can run ``job``; None if one can."""
        reasons = [Slots(each).refusal(job.needs) for each in self.machines.values()]
        if None in reasons:
            return None
        where = f"no worker of {self.client.scheduler.address}"
        suggestion = f"start some with `dask worker ADDRESS --preload {PRELOAD}`"
        message = f"{where} offers to run notebooks"
        if reasons:
            message = f"{where} can run the {job.framework} notebook: {reasons[0]}"
            suggestion = "start a worker on another machine"
        return Diagnostic(job.page, 1, 1, "cannot-run-here", message, suggestion, "warning")

    def run(self, waiting: Sequence[Waiting], keeper: Keeper) -> list[tuple[Job, Result]]:
        """Run the notebooks, those first that come first, on whichever worker has room.

        Raises:
            ExecutionError: The scheduler is lost.
        """
        if not waiting:
            return []
        files = {
            file.relative_to(self.library).as_posix(): file.read_bytes()
            for file in sorted(self.library.rglob("*"))
            if file.is_file()
        }
        run = _Run(self, waiting, keeper)
        try:
            with self._unless_lost():
                run.submit_all(files)
                while run.pending:
                    run.collect()
        finally:
            run.close()
        return run.results

    def workers(self) -> dict[str, dict[str, float]]:
        """Return what each worker declares, by address.

        Raises:
            ExecutionError: The scheduler is lost.
        """
        with self._unless_lost():
            found = self.client.scheduler_info()["workers"]
        return {address: each["resources"] for address, each in found.items()}

    @contextmanager
    def _unless_lost(self) -> Iterator[None]:
        try:
            yield
        except (CancelledError, OSError) as error:
            raise _error(
                self.client.scheduler.address,
                "lost-scheduler",
                "the connection to the Dask scheduler is lost",
                "what has finished is in the store; run `polybook execute` again",
            ) from error


class _Run:
    """One execution: which tasks are there, and what has come of them."""

    def __init__(
        self, executor: ClusterExecutor, waiting: Sequence[Waiting], keeper: Keeper
    ) -> None:
        self.pending: dict[Future, int] = {}
        self._executor, self._client = executor, executor.client
        self._waiting, self._keeper = waiting, keeper
        self._done: dict[int, Result] = {}
        self._starts: Counter[tuple[str, str]] = Counter()
        self._unable_since: dict[int, float] = {}
        self._contents: dict[str, Future] = {}
        self._numbers = itertools.count()
        self._topic = f"polybook-{secrets.token_hex(8)}"
        self._client.subscribe_topic(self._topic, self._listen)

    @property
    def results(self) -> list[tuple[Job, Result]]:
        """All notebooks, in the order given, with what came of them."""
        return [(each.job, self._done[number]) for number, each in enumerate(self._waiting)]

    def submit_all(self, library: Mapping[str, bytes]) -> None:
        """Hand everything to Dask, the first with the highest priority."""
        self._library = self._content(library)
        for number in range(len(self._waiting)):
            self._submit(number)

    def collect(self) -> None:
        """Wait until a notebook ends, and keep what came of it; look after the others."""
        try:
            ended = wait(list(self.pending), timeout=_TICK, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            self._give_up_without_workers()
            return
        for future in ended:
            match future.status:
                case "finished":
                    # Its worker may be lost just now; then it runs again.
                    with suppress(TimeoutError):
                        self._keep(future, future.result(timeout=_TICK))
                case "error":
                    self._mourn(future, future.exception())

    def close(self) -> None:
        """End what still runs."""
        if self._client.status != "running":
            return
        self._client.cancel(list(self.pending))
        self._client.unsubscribe_topic(self._topic)

    def _submit(self, number: int) -> None:
        each = self._waiting[number]
        job, executor = each.job, self._executor
        held_before = each.before.peak_memory if each.before else None
        try:
            data = {
                file: self._content((executor.book / file).read_bytes())
                for file in declared_files(executor.book, job.needs.data)
            }
        except OSError as error:
            failure = refused(job, error, "the notebook cannot be run", "not-started")
            self._done[number] = self._keeper.take(job, failure)
            return
        future = self._client.submit(
            run_notebook,
            job,
            Recipe.of(executor.environments[job.framework]),
            self._library,
            data,
            held_before,
            self._topic,
            key=f"{self._topic}-{next(self._numbers)}",
            priority=len(self._waiting) - number,
            resources=self._wanted(job, held_before),
            retries=_RETRIES,
        )
        self.pending[future] = number

    def _wanted(self, job: Job, held_before: int | None) -> dict[str, float]:
        """Return what Dask sets aside for a notebook; no more than the largest worker has."""
        shares = [
            Slots(each).wanted(job.needs, held_before) for each in self._executor.machines.values()
        ]
        cores, memory = (max(amounts) for amounts in zip(*shares, strict=True))
        return resources(cores, memory, job.needs.accelerators)

    def _content(self, content: Any) -> Future:
        """Return the task that holds some files; equal ones are one task."""
        name = hashlib.sha256(pickle.dumps(content)).hexdigest()
        if name not in self._contents:
            self._contents[name] = self._client.submit(
                identity, content, key=f"polybook-content-{name}"
            )
        return self._contents[name]

    def _keep(self, future: Future, result: Result) -> None:
        number = self.pending.pop(future)
        self._done[number] = self._keeper.take(self._waiting[number].job, result)

    def _mourn(self, future: Future, error: BaseException) -> None:
        """Take note that all workers were lost that a notebook ran on, or waited for."""
        number = self.pending[future]
        job = self._waiting[number].job
        if not isinstance(error, KilledWorker):
            # What goes wrong in notebooks and on machines is a result; this is a defect.
            raise RuntimeError(f"a worker could not run {job.page}: {error!r}") from error
        starts = self._starts[job.page, job.framework]
        if starts >= _STARTS:
            text = f"each worker that ran it was lost, {starts} in all"
            self._keep(future, _failure(job, "KilledWorker", text, "workers-died"))
        else:
            # It may have been files that waited.
            lost = [each for each in self._contents.values() if each.status == "error"]
            self._client.retry(lost)
            del self.pending[future]
            self._submit(number)

    def _give_up_without_workers(self) -> None:
        """Fail what no worker could have run for a long time."""
        there, now = list(self._executor.workers().values()), time.monotonic()
        for future, number in list(self.pending.items()):
            each = self._waiting[number]
            wanted = self._wanted(each.job, each.before.peak_memory if each.before else None)
            if any(all(has.get(name, -1) >= wanted[name] for name in wanted) for has in there):
                self._unable_since.pop(number, None)
            elif now - self._unable_since.setdefault(number, now) >= self._executor.patience:
                future.cancel()
                text = f"for {self._executor.patience:g} s there was no worker that could run it"
                self._keep(future, _failure(each.job, "NoWorker", text, "no-worker"))

    def _listen(self, event: tuple[float, Any]) -> None:
        name, *values = event[1]
        found = _EVENTS[name](*values)
        if isinstance(found, Started):
            self._starts[found.page, found.framework] += 1
        self._keeper.report(found)


def _failure(job: Job, ename: str, evalue: str, code: Code) -> Failure:
    return Failure(job.page, job.framework, 1, ename, evalue, code=code)


def _error(path: str, code: str, message: str, suggestion: str) -> ExecutionError:
    return ExecutionError(Diagnostic(path, 1, 1, code, message, suggestion))
