"""Warm kernels: forked from processes that have the notebooks' imports done.

Starting Python, ipykernel and a framework takes seconds, forking takes none. A fork server
belongs to one framework, one set of imports and one set of environment variables, because
libraries read these when they are imported. Where a server cannot be had, or an import cannot
be done beforehand, kernels start as they would without it, and one event says why.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Container, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from polybook.execution.environments import Environment
from polybook.execution.event import Event, NotPreloaded
from polybook.execution.preload import Imports, Statements, fitting, imports, preloads, without
from polybook.library import Library

if TYPE_CHECKING:
    from polybook.execution.runner import Job

_PROGRAM = Path(__file__).with_name("fork_server.py")
_OF_ONE_RUN = ("IPYTHONDIR",)
"""Variables that differ from run to run and that no import reads."""

_STARTS = 4
"""Most attempts to start a server, each without an import at which the last one failed."""

_TICK = 0.05
"""Seconds between two looks at the wish to stop."""

_PATIENCE = 5.0
"""Most seconds that a server has to end its kernels and itself."""


class WarmKernels:
    """The fork servers of an execution; use it as a context manager. Safe in threads."""

    def __init__(
        self, libraries: Mapping[str, Library], *, frameworks: Container[str] | None = None
    ) -> None:
        """Prepare for the notebooks of ``frameworks`` (None: all), which use ``libraries``."""
        self._libraries = libraries
        self._local = {library.module.partition(".")[0] for library in libraries.values()}
        self._frameworks = frameworks
        self._choices: dict[str, list[Statements]] = {}
        self._report: Callable[[Event], None] = lambda event: None
        self._servers: dict[object, _Server] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> WarmKernels:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End all servers and what is left of their kernels."""
        with self._lock:
            servers = list(self._servers.values())
        for server in servers:
            server.close()

    def expect(self, jobs: Iterable[Job], report: Callable[[Event], None]) -> None:
        """Choose the imports that serve ``jobs`` best; ``report`` hears what could not be done."""
        found: dict[str, list[Imports]] = {}
        for job in jobs:
            if self._frameworks is None or job.framework in self._frameworks:
                found.setdefault(job.framework, []).append(self._imports(job))
        self._choices = preloads(found)
        self._report = report

    def address(
        self,
        job: Job,
        environment: Environment,
        environ: Mapping[str, str],
        stop: threading.Event,
    ) -> str | None:
        """Return the socket of the server for ``job``, once its imports are done.

        None, at once or after waiting, if there is none: no choice fits, the server cannot
        start, ``stop`` is set or the job's time is up.
        """
        choices = self._choices.get(job.framework, [])
        statements = fitting(choices, self._imports(job))
        if statements is None:
            return None
        lasting = {name: value for name, value in environ.items() if name not in _OF_ONE_RUN}
        key = (environment.python, statements, frozenset(lasting.items()))
        with self._lock:
            if key not in self._servers:
                self._servers[key] = _Server(
                    environment.python,
                    statements,
                    lasting,
                    lambda reason: self._report(NotPreloaded(job.framework, reason)),
                )
            server = self._servers[key]
        return server.address(stop, job.needs.time)

    def _imports(self, job: Job) -> Imports:
        return imports(job.notebook, self._libraries.get(job.framework), self._local)


class _Server:
    """One fork server, started by a thread of its own."""

    def __init__(
        self,
        python: Path,
        statements: Statements,
        environ: dict[str, str],
        complain: Callable[[str], None],
    ) -> None:
        self._python = python
        self._environ = environ
        self._complain = complain
        self._process: subprocess.Popen[str] | None = None
        self._socket: str | None = None
        self._closed = self._lost = False
        self._lock = threading.Lock()
        self._settled = threading.Event()
        self._thread = threading.Thread(target=self._start, args=(statements,), daemon=True)
        self._thread.start()

    def address(self, stop: threading.Event, limit: float | None) -> str | None:
        """Return the socket; None if the server is not there or ``limit`` seconds are over."""
        waited = 0.0
        while not self._settled.wait(_TICK):
            waited += _TICK
            if stop.is_set() or (limit is not None and waited > limit):
                return None
        with self._lock:
            if not self._socket or self._lost or not self._process:
                return None
            if (status := self._process.poll()) is not None:
                self._lost = True
                self._complain(f"kernels start cold: their fork server ended with status {status}")
                return None
            return self._socket

    def close(self) -> None:
        """End the server with its kernels; one that does not obey is killed."""
        with self._lock:
            self._closed = True
            process = self._process
        if process:
            _end(process)
        self._thread.join()
        if self._socket:
            # It does so itself, unless it was killed.
            shutil.rmtree(Path(self._socket).parent, ignore_errors=True)

    def _start(self, statements: Statements) -> None:
        try:
            for _ in range(_STARTS):
                unfit, reason = self._attempt(statements)
                if self._socket or self._closed:
                    return
                if not unfit:
                    break
                statements = without(statements, unfit)
                self._complain(f"`{unfit}` is left to the notebooks: {reason}")
            self._complain(f"kernels start cold: {reason}")
        finally:
            self._settled.set()

    def _attempt(self, statements: Statements) -> tuple[str, str]:
        """Start the process; if it cannot serve, return the import that is to blame, and why."""
        with self._lock:
            if self._closed:
                return "", ""
            try:
                self._process = process = subprocess.Popen(
                    [str(self._python), str(_PROGRAM)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=self._environ,
                    cwd="/",
                    text=True,
                    # Ctrl-C is for this process alone, which then ends that one.
                    start_new_session=True,
                )
            except OSError as error:
                return "", f"the fork server cannot start: {error}"
        assert process.stdin and process.stdout
        unfit = ""
        # No JSON: something else in that Python writes to its standard output.
        with suppress(BrokenPipeError, ValueError), process.stdout:
            process.stdin.write(json.dumps(statements) + "\n")
            process.stdin.flush()
            for line in process.stdout:
                message = json.loads(line)
                unfit = message.get("importing", unfit)
                if "socket" in message:
                    self._socket = message["socket"]
                    return "", ""
                if "unfit" in message:
                    _end(process)
                    return message["unfit"], message["reason"]
        _end(process)
        return unfit, f"the fork server ended with status {process.returncode}"


def _end(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    with suppress(OSError):
        process.stdin.close()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
