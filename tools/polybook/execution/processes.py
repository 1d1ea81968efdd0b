"""Finding and ending all processes that a notebook has started, wherever they went.

Each kernel gets a mark in its environment, which its children inherit, also
those that leave its process group or lose their parent. When the process that
runs the notebooks is killed, a guard beside it ends what bears its marks.
"""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import psutil

MARK = "POLYBOOK_RUN"
"""Name of the variable that holds the mark."""


def new_mark() -> str:
    """Return a mark that no other process has."""
    return uuid.uuid4().hex


def marked(mark: str) -> list[psutil.Process]:
    """Return the processes whose mark begins with ``mark``, without this one."""
    sought = f"{MARK}={mark}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, psutil.Error):
            content = (process / "environ").read_bytes()
            if any(each.startswith(sought) for each in content.split(b"\0")):
                found.append(psutil.Process(int(process.name)))
    return [process for process in found if process.pid != os.getpid()]


def end(mark: str) -> list[psutil.Process]:
    """Kill all processes with this mark and return them; some may take a moment to be gone."""
    killed: dict[int, psutil.Process] = {}
    # Again until there is no new one: one may have started another meanwhile.
    while new := [process for process in marked(mark) if process.pid not in killed]:
        for process in new:
            killed[process.pid] = process
            with suppress(psutil.Error):
                process.kill()
    return list(killed.values())


class Guard:
    """A process that ends all kernels of this one when this one is no more.

    Attributes:
        mark: Beginning of the marks of all that it looks after.
    """

    def __init__(self) -> None:
        self.mark = new_mark()

    def __enter__(self) -> Guard:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-m", __name__, self.mark],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # Ctrl-C is for us; the guard must outlive us.
            start_new_session=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait()


def _guard(mark: str) -> None:
    # The end of the input is the end of the process that we guard, however it comes.
    sys.stdin.buffer.read()
    end(mark)


if __name__ == "__main__":
    _guard(sys.argv[1])
