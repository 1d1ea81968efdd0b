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
from typing import Literal

import psutil

_TICK = 0.1
"""Seconds between two looks at the clock and at the wish to stop."""

_SAMPLE = 1.0
"""Seconds between two looks at the memory, which reads the whole process table."""

_PATIENCE = 2.0
"""Most seconds to wait for killed processes to be gone."""


class Watch:
    """A thread that measures a kernel's memory and ends it when its time is up.

    It works from outside, by killing processes, so a kernel in any state
    obeys; nbclient then finds the kernel dead. On leaving, no process that
    the kernel started is left.

    Attributes:
        peak_memory: Most memory seen in the kernel and its children, in bytes.
        verdict: Why the kernel was killed; empty if it was not.
    """

    def __init__(
        self, pid: Callable[[], int | None], *, limit: float | None, stop: threading.Event
    ) -> None:
        self.peak_memory = 0
        self.verdict: Literal["", "time-limit", "stopped"] = ""
        self._pid = pid
        self._deadline = float("inf") if limit is None else time.monotonic() + limit
        self._stop = stop
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
        # A killed process takes a moment to give its memory and files back.
        deadline = time.monotonic() + _PATIENCE
        while any(map(_runs, self._seen)) and time.monotonic() < deadline:
            time.sleep(0.01)

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
            if not self.verdict and self._stop.is_set():
                self.verdict = "stopped"
            elif not self.verdict and time.monotonic() > self._deadline:
                self.verdict = "time-limit"
            if self.verdict:
                # Again at each tick: the kernel may only now be starting.
                self.measure()
                self._kill()
            elif time.monotonic() >= next_sample:
                self.measure()
                next_sample = time.monotonic() + _SAMPLE

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
