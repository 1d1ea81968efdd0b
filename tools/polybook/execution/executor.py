"""Where notebooks run: what every such place offers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

import attrs

from polybook.execution.event import Event, Failed, Finished
from polybook.execution.failure import Failure
from polybook.execution.machine import Machine
from polybook.execution.record import Record
from polybook.execution.runner import Job, Result, Success
from polybook.execution.store import Store
from polybook.source.diagnostic import Diagnostic


@attrs.frozen
class Waiting:
    """A notebook that has to run.

    Attributes:
        job: The notebook.
        before: The record of its last run, under whatever key, if there is one.
    """

    job: Job
    before: Record | None = None


class Executor(Protocol):
    """A place where notebooks run."""

    @property
    def machine(self) -> Machine:
        """What there is to run with, all together."""

    def refusal(self, job: Job) -> Diagnostic | None:
        """Say why ``job`` cannot run here; None if it can."""

    def run(self, waiting: Sequence[Waiting], keeper: Keeper) -> list[tuple[Job, Result]]:
        """Run the notebooks, those first that come first, and hand each result to ``keeper``.

        On KeyboardInterrupt what runs is ended, and the interrupt goes on to
        the caller.
        """


class Keeper:
    """Stores what has run and tells of it, one at a time.

    Args:
        store: Where outputs are kept, each as soon as it is there.
        listener: Told what happens; never called twice at the same time.
    """

    def __init__(self, store: Store, listener: Callable[[Event], None]) -> None:
        self._store, self._listener = store, listener
        self._lock = threading.Lock()

    def report(self, event: Event) -> None:
        """Tell the listener."""
        with self._lock:
            self._listener(event)

    def take(self, job: Job, result: Result) -> Result:
        """Keep a result and return it, or the failure to keep it."""
        result = self._kept(job, result)
        match result:
            case Success(record=record):
                self.report(Finished(job.page, job.framework, record.seconds))
            case Failure():
                self.report(Failed(job.page, job.framework, result))
        return result

    def _kept(self, job: Job, result: Result) -> Result:
        if isinstance(result, Failure):
            return result
        try:
            self._store.put(result.notebook, result.record)
        except OSError as error:
            return refused(job, error, "the outputs cannot be stored", "not-stored")
        return result


def refused(job: Job, error: OSError, what: str, code: str) -> Failure:
    """Return the failure of a notebook for which the machine had no room or no permission."""
    return Failure(
        page=job.page,
        framework=job.framework,
        line=1,
        ename=type(error).__name__,
        evalue=f"{what}: {error.strerror or error}",
        code=code,
    )
