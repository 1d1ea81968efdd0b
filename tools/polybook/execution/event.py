"""What happens during an execution, for whoever shows progress."""

from __future__ import annotations

from typing import TypeAlias

import attrs

from polybook.execution.failure import Failure


@attrs.frozen
class Queued:
    """It is known what has to run: ``stale`` notebooks run, ``fresh`` ones do not."""

    stale: int
    fresh: int


@attrs.frozen
class Started:
    """A notebook with ``cells`` code cells begins; its kernel is being started."""

    page: str
    framework: str
    cells: int


@attrs.frozen
class CellStarted:
    """Code cell number ``cell`` (from 1) of ``cells`` begins."""

    page: str
    framework: str
    cell: int
    cells: int


@attrs.frozen
class Finished:
    """A notebook ran to its end, in ``seconds``, and its outputs are in the store."""

    page: str
    framework: str
    seconds: float


@attrs.frozen
class Failed:
    """A notebook did not run to its end, or its outputs cannot be stored."""

    page: str
    framework: str
    failure: Failure


@attrs.frozen
class NotPreloaded:
    """Kernels of a framework start without something done beforehand, for ``reason``."""

    framework: str
    reason: str


Event: TypeAlias = Queued | Started | CellStarted | Finished | Failed | NotPreloaded
