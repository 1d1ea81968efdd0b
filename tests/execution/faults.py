"""``polybook`` with faults at chosen moments: kills, and errors of the operating system.

Run as a program it has polybook imported once and forks a process for each command, which costs
next to nothing, and is killed like any other. A request is a line of JSON on its standard input,
``{"words", "environ", "output", "kills", "error", "clock", "trace"}``; the answer is the exit
status, negative for a signal.

Moments are counted in what Python itself reports to audit hooks (files opened and renamed,
processes started, sockets connected ...), so that nothing sleeps and each step can be hit, also
that between a file that was written aside and its renaming.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import attrs
import psutil

import polybook

PHASES = ("reading", "starting", "running", "storing")
"""Before the first process is started; before the first cell runs; after it; in the store."""

_PACKAGE = f"{Path(polybook.__file__).parent}/"
_COUNTED = ("open", "os.", "subprocess.", "socket.", "shutil.", "tempfile.", "fcntl.")
_LOOK = 20
_WRITING = ("os.mkdir", "os.rename", "os.link", "os.symlink")
_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@attrs.frozen
class Moment:
    """What a build does when it is hit.

    Attributes:
        phase: Which of ``PHASES``.
        event: What Python reports, such as ``os.rename``.
        site: Where polybook does it, ``module:line``; empty if others do.
        writes: Whether it writes into the book's folder.
    """

    phase: str
    event: str
    site: str
    writes: bool


class Faults:
    """The audit hook of one build.

    Args:
        book: The book's folder.
        witness: The file to which each notebook writes when it starts.
        kills: ``{"victim", "phase", "number", "choice"}`` each: at the event with this number
            in this phase, or one of the next at which there is a victim, it is killed.
        error: ``{"event", "site", "errno"}``: from this moment on each write fails, or for an
            empty site and ``{"path"}`` each time that this file is opened.
    """

    def __init__(
        self, book: str, witness: str, kills: list[dict[str, Any]], error: dict[str, Any] | None
    ) -> None:
        self._book, self._store, self._witness = book, f"{book}/_build/store/", witness
        self._kills, self._error = list(kills), error
        self._broken = self._started = self._ran = False
        self._size = os.path.getsize(witness)
        self._counts: Counter[str] = Counter()
        self._inside = threading.local()
        self._lock = threading.Lock()
        self.moments: list[Moment] = []
        self.killed: list[dict[str, str]] = []

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not event.startswith(_COUNTED) or getattr(self._inside, "hook", False):
            return
        self._inside.hook = True
        try:
            moment = self._moment(event, arguments)
            self.moments.append(moment)
            self._counts[moment.phase] += 1
            with self._lock:
                for kill in list(self._kills):
                    late = self._counts[kill["phase"]] - kill["number"]
                    # To look for a victim takes a while, so it is not done at each event.
                    if late >= 0 and (len(self.moments) % _LOOK == 0 or late == 0):
                        self._kill(kill, moment)
            self._fail(moment, arguments)
        finally:
            self._inside.hook = False

    def _moment(self, event: str, arguments: tuple[Any, ...]) -> Moment:
        self._started = self._started or event == "subprocess.Popen"
        self._ran = self._ran or os.path.getsize(self._witness) > self._size
        paths = [str(each) for each in arguments[:2] if isinstance(each, (str, os.PathLike))]
        stored = any(path.startswith(self._store) for path in paths)
        phase = "running" if self._ran else "starting" if self._started else "reading"
        writes = event in _WRITING or (event == "open" and bool((arguments[2] or 0) & _FLAGS))
        return Moment(
            "storing" if stored and self._started else phase,
            event,
            _site(),
            writes and any(path.startswith(self._book) for path in paths),
        )

    def _kill(self, kill: dict[str, Any], moment: Moment) -> None:
        victim = _victim(kill["victim"], kill["choice"])
        if victim is None:
            return
        told = {"victim": kill["victim"], "phase": moment.phase, "event": moment.event}
        if victim == os.getpid():
            self.killed.append(told)
            self.tell()
        with suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
            self.killed.append(told)
            self._kills.remove(kill)

    def _fail(self, moment: Moment, arguments: tuple[Any, ...]) -> None:
        error = self._error
        if error is None:
            return
        path = str(arguments[0]) if arguments else ""
        if "path" in error:
            hit = moment.event == "open" and path == error["path"]
        else:
            here = (moment.event, moment.site) == (error["event"], error["site"])
            self._broken = self._broken or (here and moment.writes)
            hit = self._broken and moment.writes
        if hit:
            raise OSError(error["errno"], os.strerror(error["errno"]), path)

    def tell(self) -> None:
        """Write down what was killed and all moments."""
        told = {"killed": self.killed, "moments": [attrs.astuple(each) for each in self.moments]}
        Path(f"{self._witness}.told").write_text(json.dumps(told))


def _site() -> str:
    """Return the innermost line of polybook that runs now."""
    frame = sys._getframe(2)
    while frame:
        file = frame.f_code.co_filename
        if file.startswith(_PACKAGE):
            return f"{file.removeprefix(_PACKAGE)}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


def _victim(kind: str, choice: float) -> int | None:
    """Return a process of the build of this kind; None if none is alive now."""
    if kind == "build":
        return os.getpid()
    servers, kernels = [], []
    for child in psutil.Process().children():
        with suppress(psutil.Error):
            words = child.cmdline()
            if any(word.endswith("fork_server.py") for word in words):
                servers.append(child)
                kernels += child.children()
            elif "ipykernel_launcher" in words:
                kernels.append(child)
    found = [each for each in (kernels if kind == "kernel" else servers) if _alive(each)]
    return found[int(choice * len(found))].pid if found else None


def _alive(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


class _Clock:
    """A wall clock that is wrong, and jumps."""

    def __init__(self, offset: float, seed: int) -> None:
        self._time, self._offset, self._random = time.time, offset, random.Random(seed)

    def __call__(self) -> float:
        return self._time() + self._offset + self._random.uniform(-86400, 86400)


def _build(request: dict[str, Any]) -> None:
    """In the forked process: type ``polybook`` with the words of the request."""
    from polybook.command import main

    output = os.open(request["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    for descriptor, file in enumerate([os.open(os.devnull, os.O_RDONLY), output, output]):
        os.dup2(file, descriptor)
    os.environ.update(request["environ"])
    sys.argv = ["polybook", *request["words"]]
    if clock := request.get("clock"):
        time.time = _Clock(*clock)
    faults = Faults(
        request["book"],
        request["environ"]["FAULTS_WITNESS"],
        request.get("kills", []),
        request.get("error"),
    )
    sys.addaudithook(faults)
    try:
        main()
    finally:
        faults._inside.hook = True
        faults.tell()


def serve() -> None:
    """Answer requests until standard input ends."""
    # What a build would import when it first runs something.
    import papermill.execute  # noqa: F401

    import polybook.cli
    import polybook.execution.kernel  # noqa: F401

    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                _build(json.loads(line))
                status = 0
            except SystemExit as exit:
                status = exit.code if isinstance(exit.code, int) else int(bool(exit.code))
            except BaseException:
                import traceback

                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), file=answers, flush=True)


class Polybook:
    """Types ``polybook`` with faults, for a book in a folder.

    Attributes:
        book: The book's folder.
        witness: The file to which each of its notebooks writes its name.
    """

    def __init__(self, book: Path, folder: Path) -> None:
        self.book, self.witness = book, folder / "witness"
        self.witness.touch()
        self._output = folder / "output"
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def run(self, *words: str, **faults: Any) -> Ran:
        """Type ``polybook`` with ``words`` and return what came of it."""
        # Two books may be built at the same time: nobody else's run has this name.
        run = uuid.uuid4().hex
        before = self.witness.read_text()
        request = {
            "words": ["--book", str(self.book), *words],
            "book": str(self.book),
            "environ": {"FAULTS_WITNESS": str(self.witness), "FAULTS_RUN": run, "COLUMNS": "200"},
            "output": str(self._output),
            **faults,
        }
        assert self._process.stdin and self._process.stdout
        print(json.dumps(request), file=self._process.stdin, flush=True)
        status = int(self._process.stdout.readline())
        told = json.loads(Path(f"{self.witness}.told").read_text())
        return Ran(
            status=status,
            output=self._output.read_text(),
            notebooks=self.witness.read_text()[len(before) :].split(),
            killed=told["killed"],
            moments=[Moment(*each) for each in told["moments"]],
            orphans=_left(run),
        )


@attrs.frozen
class Ran:
    """What came of one command.

    Attributes:
        status: The exit status, negative for a signal.
        output: What it wrote on the screen.
        notebooks: Those that began to run, as they themselves say.
        killed: What was killed, each with the phase and the event.
        moments: All moments at which it could have been hit.
        orphans: Processes that outlived it.
    """

    status: int
    output: str
    notebooks: list[str]
    killed: list[dict[str, str]]
    moments: list[Moment]
    orphans: list[psutil.Process]


def _left(run: str) -> list[psutil.Process]:
    """Return what a command has started and stays after it."""
    # After a kill those that end the others take a moment themselves. A process that has ended
    # has no environment, whether or not its parent has taken notice.
    deadline = time.monotonic() + 10
    while (found := _of(run)) and time.monotonic() < deadline:
        time.sleep(0.01)
    return found


def _of(run: str) -> list[psutil.Process]:
    sought = f"FAULTS_RUN={run}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, psutil.Error):
            if sought in (folder / "environ").read_bytes().split(b"\0"):
                found.append(psutil.Process(int(folder.name)))
    return found


if __name__ == "__main__":
    serve()
