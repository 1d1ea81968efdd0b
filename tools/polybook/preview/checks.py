"""The check of the whole book, in a process of its own while its author does nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from polybook.source import Diagnostic

_NICE = 10


class BookCheck:
    """Runs ``polybook check`` again and again; a new one ends the one that runs.

    Args:
        folder: The book's folder.
        listener: Called, in a thread of this object, with what was found.
    """

    def __init__(self, folder: Path, listener: Callable[[list[Diagnostic]], None]) -> None:
        self._folder, self._listener = folder, listener
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Check the book as it is now."""
        self.end()
        with self._lock:
            self._thread = threading.Thread(target=self._check, name="check", daemon=True)
            self._thread.start()

    def end(self) -> None:
        """End a check that has not finished; its findings are of no use any more."""
        with self._lock:
            self._thread = None
            if self._process is not None:
                # With its side process, which would wait for it.
                with suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)

    def _check(self) -> None:
        if sys.platform == "linux":
            # There each thread has a priority of its own, which its processes inherit.
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        words = ["-m", "polybook", "check", "--format", "json", "--book", str(self._folder)]
        with self._lock:
            if self._thread is not threading.current_thread():
                return
            self._process = process = subprocess.Popen(
                [sys.executable, *words],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                # Ctrl-C is for the preview alone, which then ends it.
                start_new_session=True,
            )
        said, _ = process.communicate()
        with self._lock:
            if self._process is process:
                self._process = None
        if process.returncode in (0, 1) and self._thread is threading.current_thread():
            self._listener([Diagnostic(**each) for each in json.loads(said)])
