"""What has to run, why, and in which order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Literal

import attrs

from polybook.execution.event import Event, Queued
from polybook.execution.executor import Executor, Keeper, Waiting
from polybook.execution.failure import Failure
from polybook.execution.key import Change
from polybook.execution.record import DamagedError
from polybook.execution.runner import Job, Success
from polybook.execution.store import Store
from polybook.source.diagnostic import Diagnostic

_REASONS = 3
"""Most changes that a plan names for one notebook."""


@attrs.frozen
class Planned:
    """Whether one notebook has to run, and why.

    Attributes:
        page: The chapter's file, relative to the book's folder.
        framework: The framework whose notebook it is.
        state: ``stale`` would run here; ``unknown`` is not fresh and cannot
            run here.
        reason: Why it is not fresh, in words; empty if it is.
        seconds: How long it took when it last ran; None if it never did.
    """

    page: str
    framework: str
    state: Literal["fresh", "stale", "unknown"]
    reason: str = ""
    seconds: float | None = None


@attrs.frozen
class Report:
    """What an execution did.

    Attributes:
        executed: Jobs whose outputs are new in the store.
        fresh: Jobs whose outputs were in the store.
        failures: What went wrong, one for each notebook that ran and failed.
        unknown: Jobs that are not fresh and cannot run here, each with the reason.
        seconds: Time that all of it took.
    """

    executed: tuple[Job, ...]
    fresh: tuple[Job, ...]
    failures: tuple[Failure, ...]
    unknown: tuple[tuple[Job, Diagnostic], ...]
    seconds: float

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All that went wrong or could not be done; each once."""
        found = [reason for _, reason in self.unknown]
        found += [failure.diagnostic for failure in self.failures]
        return tuple(dict.fromkeys(found))


def plan(
    jobs: Iterable[Job],
    *,
    store: Store,
    executor: Executor,
    explain: Callable[[Job, Change], str],
) -> list[Planned]:
    """Say of each job whether its outputs are in the store, running nothing.

    Args:
        jobs: All notebooks.
        store: Where outputs are looked up.
        executor: Where the others would run.
        explain: Says in words what a change of a job's key means.
    """
    jobs = list(jobs)
    store.prefetch((job.page, job.framework, job.key) for job in jobs)
    return [_planned(job, store, executor, explain) for job in jobs]


def execute(
    jobs: Iterable[Job],
    *,
    store: Store,
    executor: Executor,
    report: Callable[[Event], None],
) -> Report:
    """Run the jobs whose outputs the store lacks, the longest first.

    A notebook that fails does not keep the others from running. On
    KeyboardInterrupt what runs is ended, what is finished stays in the store,
    and the interrupt goes on to the caller.

    Args:
        jobs: All notebooks, in any order.
        store: Where outputs are looked up and kept, each as soon as it is there.
        executor: Where they run.
        report: Told what happens; never called twice at the same time.
    """
    began = time.monotonic()
    jobs = list(jobs)
    store.prefetch((job.page, job.framework, job.key) for job in jobs)
    fresh: list[Job] = []
    stale: list[Job] = []
    unknown: list[tuple[Job, Diagnostic]] = []
    for job in jobs:
        if store.get(job.page, job.framework, job.key) is not None:
            fresh.append(job)
        elif reason := executor.refusal(job):
            unknown.append((job, reason))
        else:
            stale.append(job)
    keeper = Keeper(store, report)
    keeper.report(Queued(len(stale), len(fresh)))
    results = executor.run(longest_first(stale, store), keeper)
    return Report(
        executed=tuple(job for job, result in results if isinstance(result, Success)),
        fresh=tuple(fresh),
        failures=tuple(result for _, result in results if isinstance(result, Failure)),
        unknown=tuple(unknown),
        seconds=time.monotonic() - began,
    )


def longest_first(jobs: Iterable[Job], store: Store) -> list[Waiting]:
    """Order jobs so that no long one starts last; one never timed may be the longest."""
    waiting = [Waiting(job, store.latest(job.page, job.framework)) for job in jobs]
    return sorted(
        waiting,
        key=lambda each: each.before.seconds if each.before else float("inf"),
        reverse=True,
    )


def _planned(
    job: Job, store: Store, executor: Executor, explain: Callable[[Job, Change], str]
) -> Planned:
    damaged = ""
    try:
        found = store.find(job.page, job.framework, job.key)
        if found is not None:
            return Planned(job.page, job.framework, "fresh", seconds=found.seconds)
    except DamagedError as error:
        damaged = f"the stored outputs are damaged: {error}"
    latest = store.latest(job.page, job.framework)
    seconds = latest.seconds if latest else None
    if refusal := executor.refusal(job):
        return Planned(job.page, job.framework, "unknown", refusal.message, seconds)
    reason = damaged
    if not reason and latest is None:
        reason = "never executed"
    elif not reason:
        changes = [explain(job, change) for change in job.key.changes(latest.key)]
        rest = f"; and {len(changes) - _REASONS} more" if len(changes) > _REASONS else ""
        reason = "; ".join(changes[:_REASONS]) + rest
    return Planned(job.page, job.framework, "stale", reason, seconds)
