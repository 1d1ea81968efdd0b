"""Showing an execution on the screen: a live table, or plain lines without a terminal."""

from __future__ import annotations

import threading
import time

import attrs
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from polybook.execution import (
    CellStarted,
    Event,
    Failed,
    Finished,
    NotPreloaded,
    Queued,
    Report,
    Started,
)


def progress(console: Console) -> LiveProgress | PlainProgress:
    """Return the listener that suits ``console``; use it as a context manager."""
    return LiveProgress(console) if console.is_terminal else PlainProgress(console)


class _Progress:
    """What both listeners share."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def summarize(self, report: Report) -> None:
        """Show what was done in all."""
        _print(self._console, summary(report))


class PlainProgress(_Progress):
    """One line for each notebook that starts, finishes or fails."""

    def __enter__(self) -> PlainProgress:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def __call__(self, event: Event) -> None:
        """Show ``event``."""
        match event:
            case Started(page, framework, cells):
                _print(self._console, f"started   {page} ({framework}), {_cells(cells)}")
            case Finished() | Failed() | NotPreloaded():
                _print(self._console, _outcome(event))


class LiveProgress(_Progress):
    """A table of the running notebooks; finished and failed ones scroll away above it."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._running: dict[tuple[str, str], _Row] = {}
        self._todo = self._done = self._fresh = 0
        # The table is drawn by rich's thread while notebooks come and go.
        self._lock = threading.Lock()
        self._live = Live(console=console, get_renderable=self._table, transient=True)

    def __enter__(self) -> LiveProgress:
        self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._live.stop()

    def __call__(self, event: Event) -> None:
        """Show ``event``."""
        with self._lock:
            self._take(event)
        if isinstance(event, Finished | Failed | NotPreloaded):
            _print(self._console, _outcome(event))

    def _take(self, event: Event) -> None:
        match event:
            case Queued(stale, fresh):
                self._todo, self._fresh = stale, fresh
            case Started(page, framework, cells):
                self._running[page, framework] = _Row(cells, time.monotonic())
            case CellStarted(page, framework, cell):
                # What a cluster's worker tells may be late.
                if row := self._running.get((page, framework)):
                    row.cell = cell
            case Finished(page, framework) | Failed(page, framework):
                self._done += 1
                # It may have failed before it started.
                self._running.pop((page, framework), None)

    def _table(self) -> Table:
        with self._lock:
            caption = f"{self._done} of {self._todo} done, {self._fresh} fresh"
            table = Table("notebook", "framework", caption=caption, box=None)
            table.add_column("cell", justify="right")
            table.add_column("seconds", justify="right")
            for (page, framework), row in self._running.items():
                seconds = time.monotonic() - row.start
                cells = f"{row.cell}/{row.cells}"
                table.add_row(Text(page), Text(framework), cells, f"{seconds:.0f}")
            return table


@attrs.define
class _Row:
    cells: int
    start: float
    cell: int = 0


def summary(report: Report) -> str:
    """Say what an execution did, on one line."""
    counts = [
        f"executed {len(report.executed)}",
        f"fresh {len(report.fresh)}",
        f"failed {len(report.failures)}",
    ]
    if report.unknown:
        counts.append(f"cannot run here {len(report.unknown)}")
    return f"{', '.join(counts)} in {report.seconds:.0f} s"


def _outcome(event: Finished | Failed | NotPreloaded) -> str:
    match event:
        case Finished(page, framework, seconds):
            return f"finished  {page} ({framework}) in {seconds:.1f} s"
        case Failed(page, framework, failure):
            return f"failed    {page}:{failure.line} ({framework}) {failure.summary}"
        case NotPreloaded(framework, reason):
            return f"note      {framework}: {reason}"


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"


def _print(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)
