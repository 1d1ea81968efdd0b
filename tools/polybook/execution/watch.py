"""Looking after the processes of one kernel, from its start to its end."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Literal, TypeAlias

import psutil

from polybook.book.needs import Needs
from polybook.execution import processes

_TICK = 0.1
"""Seconds between two looks at the clock and at the wish to stop."""

_SAMPLE = 1.0
"""Seconds between two looks at the memory, which reads the whole process table."""

_PATIENCE = 2.0
"""Most seconds to wait for killed processes to be gone."""

Verdict: TypeAlias = Literal["", "time-limit", "cell-time-limit", "memory-limit", "stopped"]


class Watch:
    """A thread that measures a kernel's memory and ends it when it breaks a limit.

    It works from outside, by killing processes, so a kernel in any state
    obeys; nbclient then finds the kernel dead. On leaving, no process that
    the kernel started is left.

    Args:
        pid: Returns the kernel's process, once it has one.
        needs: The limits.
        mark: The mark in the environment of all that the kernel starts.
        stop: When set, the kernel is killed within a tenth of a second.

    Attributes:
        peak_memory: Most memory seen in the kernel and its children, in bytes. Of
            what a forked kernel shares with its parent, the parent's data count
            and its program files only as far as the kernel has used them.
        verdict: Why the kernel was killed; empty if it was not.
    """

    def __init__(
        self, pid: Callable[[], int | None], *, needs: Needs, mark: str, stop: threading.Event
    ) -> None:
        self.peak_memory = 0
        self.verdict: Verdict = ""
        self._pid, self._needs, self._mark, self._stop = pid, needs, mark, stop
        self._deadline = time.monotonic() + needs.time
        self._cell_deadline = float("inf")
        self._root: psutil.Process | None = None
        self._seen: set[psutil.Process] = set()
        self._lock = threading.Lock()
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._left.set()
        self._thread.join()
        self._kill()
        killed = {*self._seen, *processes.end(self._mark)}
        # A killed process takes a moment to give its memory and files back.
        deadline = time.monotonic() + _PATIENCE
        while any(map(_runs, killed)) and time.monotonic() < deadline:
            time.sleep(0.01)

    def cell_begins(self) -> None:
        """Start the clock of a cell."""
        if self._needs.cell_time is not None:
            self._cell_deadline = time.monotonic() + self._needs.cell_time

    def cell_ended(self) -> None:
        """Stop the clock of the cell, and measure."""
        self._cell_deadline = float("inf")
        self.measure()

    def measure(self) -> None:
        """Take the memory that the kernel and its children hold now into account."""
        pid = self._pid()
        if pid is None:
            return
        with suppress(psutil.Error), self._lock:
            # Kept, because psutil then notices when the number serves another process.
            self._root = self._root or psutil.Process(pid)
            tree = [self._root, *self._root.children(recursive=True)]
            self._seen.update(tree)
            held = sum(_resident(process) for process in tree)
            self.peak_memory = max(self.peak_memory, held, _high_water(pid))

    def _watch(self) -> None:
        next_sample = 0.0
        while not self._left.wait(_TICK):
            now = time.monotonic()
            # Under a limit at each tick: a second is enough to fill a machine's memory.
            if now >= next_sample or self._needs.memory is not None:
                self.measure()
                next_sample = now + _SAMPLE
            self.verdict = self.verdict or self._judge(now)
            if self.verdict:
                # Again at each tick: the kernel may only now be starting.
                self.measure()
                self._kill()

    def _judge(self, now: float) -> Verdict:
        if self._stop.is_set():
            return "stopped"
        if now > self._deadline:
            return "time-limit"
        if now > self._cell_deadline:
            return "cell-time-limit"
        if self._needs.memory is not None and self.peak_memory > self._needs.memory:
            return "memory-limit"
        return ""

    def _kill(self) -> None:
        pid = self._pid()
        if pid is None:
            return
        # A kernel leads its own process group; who left the group was seen.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        with self._lock:
            for process in self._seen:
                with suppress(psutil.Error):
                    process.kill()


def _runs(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _resident(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0


def _high_water(pid: int) -> int:
    """Return the most memory that a process ever held, where Linux tells it."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0
