"""Executing notebooks: environments, freshness keys, the store, running, scheduling.

Nothing else in the package writes outputs, and nothing here knows how they
are shown.
"""

from polybook.execution.environments import Environment
from polybook.execution.event import CellStarted, Event, Failed, Finished, Queued, Started
from polybook.execution.failure import ExecutionError, Failure
from polybook.execution.key import Key
from polybook.execution.runner import Job, Result, StoppedError, Success, run
from polybook.execution.schedule import Planned, Report, execute, plan
from polybook.execution.store import DamagedError, Record, Store, record_of

__all__ = [
    "CellStarted",
    "DamagedError",
    "Environment",
    "Event",
    "ExecutionError",
    "Failed",
    "Failure",
    "Finished",
    "Job",
    "Key",
    "Planned",
    "Queued",
    "Record",
    "Report",
    "Result",
    "Started",
    "StoppedError",
    "Store",
    "Success",
    "execute",
    "plan",
    "record_of",
    "run",
]
