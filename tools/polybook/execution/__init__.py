"""Executing notebooks: environments, freshness keys, the store, running, scheduling.

Nothing else in the package writes outputs, and nothing here knows how they
are shown.
"""

from polybook.execution.environments import Environment, environments_of
from polybook.execution.event import (
    CellStarted,
    Event,
    Failed,
    Finished,
    NotPreloaded,
    Queued,
    Started,
)
from polybook.execution.executor import Executor, Keeper, Waiting
from polybook.execution.failure import ExecutionError, Failure, IncompleteError
from polybook.execution.key import Change, Key, Part
from polybook.execution.keys import Keys
from polybook.execution.local import LocalExecutor, makespan
from polybook.execution.machine import Accelerator, Machine, this_machine
from polybook.execution.record import DamagedError, Record
from polybook.execution.runner import Job, Place, Result, StoppedError, Success, run
from polybook.execution.schedule import Planned, Report, execute, plan
from polybook.execution.store import Store, Stored
from polybook.execution.warm import WarmKernels

__all__ = [
    "Accelerator",
    "CellStarted",
    "Change",
    "DamagedError",
    "Environment",
    "Event",
    "ExecutionError",
    "Executor",
    "Failed",
    "Failure",
    "Finished",
    "IncompleteError",
    "Job",
    "Keeper",
    "Key",
    "Keys",
    "LocalExecutor",
    "Machine",
    "NotPreloaded",
    "Part",
    "Place",
    "Planned",
    "Queued",
    "Record",
    "Report",
    "Result",
    "Started",
    "StoppedError",
    "Store",
    "Stored",
    "Success",
    "Waiting",
    "WarmKernels",
    "environments_of",
    "execute",
    "makespan",
    "plan",
    "run",
    "this_machine",
]
