"""Dask clusters of separate processes on this machine, each process in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil

PRELOAD = "polybook.execution.worker"


class Cluster:
    """A scheduler and its workers; use it as a context manager, which leaves no process.

    Args:
        folder: An empty folder for all of them.
        settings: Dask's settings of the scheduler, as environment variables.
    """

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.workers: list[subprocess.Popen[bytes]] = []
        self._settings = settings
        self._started = 0
        self._logs: dict[int, Path] = {}

    def __enter__(self) -> Cluster:
        arguments = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
        self.scheduler, log = self._start("scheduler", arguments, **self._settings)
        self.address = _line(self.scheduler, log, "Scheduler at:").split()[-1]
        return self

    def __exit__(self, *error: object) -> None:
        for process in [*self.workers, self.scheduler]:
            end(process)

    def add(
        self, *words: str, threads: int = 1, wait: bool = True, preload: bool = True, **environ: str
    ) -> subprocess.Popen[bytes]:
        """Start a worker with further ``words`` on its command line; wait until it is there."""
        arguments = ["worker", self.address, "--nthreads", str(threads), "--no-dashboard", *words]
        arguments += ["--host", "127.0.0.1", *(("--preload", PRELOAD) if preload else ())]
        process, log = self._start(f"worker-{self._started}", arguments, **environ)
        self.workers.append(process)
        if wait:
            _line(process, log, "Registered to:")
        return process

    def add_several(self, count: int, *words: str) -> None:
        """Start some workers at the same time; wait until all are there."""
        added = [self.add(*words, wait=False) for _ in range(count)]
        for process in added:
            _line(process, self._logs[process.pid], "Registered to:")

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        """Kill a worker as a power cut would."""
        worker.kill()
        worker.wait()
        self.workers.remove(worker)

    def _start(
        self, name: str, arguments: list[str], **environ: str
    ) -> tuple[subprocess.Popen[bytes], Path]:
        self._started += 1
        own = self.folder / name
        own.mkdir()
        inherited = {
            key: value for key, value in os.environ.items() if key != "PYTEST_CURRENT_TEST"
        }
        if arguments[0] == "worker":
            arguments = [*arguments, "--local-directory", str(own)]
        with (own / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments],
                cwd=own,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**inherited, **environ},
            )
        self._logs[process.pid] = own / "log"
        return process, own / "log"


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and all that it started."""
    if process.poll() is None:
        family = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        for member in family:
            if member.is_running():
                member.kill()
    process.wait()


def _line(process: subprocess.Popen[bytes], log: Path, word: str) -> str:
    """Return the first line of ``log`` with ``word``, once it is there."""
    while True:
        for line in log.read_text(encoding="utf-8").splitlines():
            if word in line:
                return line
        assert process.poll() is None, log.read_text(encoding="utf-8")
        time.sleep(0.05)
