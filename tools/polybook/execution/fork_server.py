"""A process that has a framework's imports done and forks kernels that are ready at once.

It runs in the framework's own environment, where polybook is not installed: this file is started
by its path and needs its neighbour, the standard library and ipykernel alone.
``polybook.execution.warm`` starts it, ``polybook.execution.provisioner`` asks it for kernels.

* Standard input: one line of JSON, ``[statement, ...]``, the imports; then the lifeline. Its end
  is the end of this process and of all its kernels.
* Standard output: lines of JSON, ``{"importing": statement}`` before each import, then
  ``{"socket": path}`` or ``{"unfit": statement, "reason": words}``, which is the last. Without a
  statement the reason is one against any fork.
* The socket: each connection is one kernel. ``{"argv": [...], "environ": {...}, "cwd": path}``
  with the files for its standard output and error is answered by ``{"pid": number}``, each
  further line by ``{"status": null or number}``. The end of the connection is that of the kernel.
"""

from __future__ import annotations

import ctypes
import fcntl
import importlib.util
import json
import os
import select
import selectors
import shutil
import signal
import socket
import sys
import tempfile
from contextlib import suppress
from typing import Any, NoReturn

from fork_imports import Imports, UnfitError, can_judge, fork

_PR_SET_PDEATHSIG = 1


class Kernel:
    """A forked kernel as its parent sees it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._status: int | None = None

    def status(self, options: int = os.WNOHANG) -> int | None:
        """Return the exit status, negative for a signal; None while it runs."""
        if self._status is None:
            pid, status = os.waitpid(self.pid, options)
            if pid:
                self._status = os.waitstatus_to_exitcode(status)
        return self._status

    def end(self) -> None:
        """Kill it with its group, if it runs, and wait until it is gone."""
        if self.status() is None:
            with suppress(OSError):
                os.killpg(self.pid, signal.SIGKILL)
            with suppress(OSError):
                os.kill(self.pid, signal.SIGKILL)
            self.status(0)


class Server:
    """Answers requests until the lifeline ends."""

    def __init__(self) -> None:
        self._pid = os.getpid()
        self._folder = tempfile.mkdtemp(prefix="polybook-")
        self.path = os.path.join(self._folder, "socket")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.path)
        self._listener.listen(64)
        self._kernels: dict[socket.socket, Kernel | None] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(0, selectors.EVENT_READ)
        self._selector.register(self._listener, selectors.EVENT_READ)

    def serve(self) -> tuple[dict[str, Any], list[int]] | None:
        """Return None at the end; in each forked kernel, what was asked for and its files."""
        while True:
            for key, _ in self._selector.select():
                if key.fileobj == 0:
                    for kernel in filter(None, self._kernels.values()):
                        kernel.end()
                    shutil.rmtree(self._folder, ignore_errors=True)
                    return None
                if key.fileobj is self._listener:
                    connection, _ = self._listener.accept()
                    self._kernels[connection] = None
                    self._selector.register(connection, selectors.EVENT_READ)
                elif request := self._answer(key.fileobj):
                    return request

    def _answer(self, connection: Any) -> tuple[dict[str, Any], list[int]] | None:
        kernel = self._kernels[connection]
        data, files = b"", []
        with suppress(OSError):
            data, files, _, _ = socket.recv_fds(connection, 1 << 16, 2)
            while data and not data.endswith(b"\n"):
                data += connection.recv(1 << 16)
        if not data:
            self._selector.unregister(connection)
            connection.close()
            del self._kernels[connection]
            if kernel:
                kernel.end()
            return None
        if kernel:
            answer = {"status": kernel.status()}
        else:
            pid = fork()
            if pid == 0:
                self._leave()
                return json.loads(data), files
            self._kernels[connection] = Kernel(pid)
            answer = {"pid": pid}
            for file in files:
                os.close(file)
        with suppress(OSError):
            connection.sendall(json.dumps(answer).encode() + b"\n")
        return None

    def _leave(self) -> None:
        """In a forked kernel: lead a group, die with the server, drop all that is the server's."""
        os.setsid()
        with suppress(AttributeError):  # Linux alone has it; elsewhere ipykernel looks for us.
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != self._pid:
            os._exit(1)
        self._selector.close()
        self._listener.close()
        for connection in self._kernels:
            connection.close()


def become_kernel(request: dict[str, Any], files: list[int], imports: Imports) -> None:
    """Run the kernel as ``python -m ipykernel_launcher`` would, to its end."""
    from ipykernel.kernelapp import IPKernelApp

    end, start = os.pipe()
    os.close(start)
    for descriptor, file in enumerate([end, *files]):
        os.dup2(file, descriptor)
        os.close(file)
    imports.hide()
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["environ"], JPY_PARENT_PID=str(os.getppid()))
    launcher = importlib.util.find_spec("ipykernel_launcher")
    sys.argv = [launcher.origin if launcher else "", *request["argv"]]
    sys.orig_argv = [sys.executable, "-m", "ipykernel_launcher", *request["argv"]]
    # Python's own generator is seeded anew by the fork; this one as well is drawn by chance once.
    if random := sys.modules.get("numpy.random"):
        random.seed()
    app = IPKernelApp.instance(parent_handle=os.getppid())
    app.initialize(request["argv"])
    imports.settle()
    app.start()


def die_with_lifeline() -> None:
    """Have the end of standard input kill this process, also within an import that hangs."""
    fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([0], [], [], 0)[0]:
        leave()


def watch_lifeline() -> None:
    """Have the end of standard input noticed by the server alone, which ends its kernels."""
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) & ~os.O_ASYNC)


def main() -> None:
    """Serve; a forked kernel returns from here when it ends."""
    # The folder of this file: its neighbours must not pass for modules.
    del sys.path[0]
    line = b""
    while not line.endswith(b"\n"):
        line += os.read(0, 1) or leave()
    die_with_lifeline()
    report = os.dup(1)

    def tell(message: dict[str, Any]) -> None:
        os.write(report, json.dumps(message).encode() + b"\n")

    if not can_judge():
        tell({"unfit": "", "reason": "this system does not say whether a fork is safe"})
        leave()
    imports = Imports()
    try:
        imports.do(json.loads(line), tell)
    except UnfitError as unfit:
        tell({"unfit": unfit.statement, "reason": unfit.reason})
        leave()
    server = Server()
    watch_lifeline()
    tell({"socket": server.path})
    os.close(report)
    request = server.serve()
    if request is None:
        leave()
    become_kernel(*request, imports)


def leave() -> NoReturn:
    """End the server at once, without what modules want done at the end of a program."""
    os._exit(0)


if __name__ == "__main__":
    main()
