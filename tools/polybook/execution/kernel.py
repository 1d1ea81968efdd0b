"""The papermill engine ``polybook``: one notebook in one isolated kernel.

Papermill finds the engine under its name, runs the notebook through it and
knows nothing else of polybook. What papermill cannot hand on (where the kernel
works, who listens) travels in a :class:`Session`.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import IO, Any

import attrs
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines

from polybook.book.variables import OUTSIDE

ENGINE = "polybook"

_log = logging.getLogger(__name__)
for _name in (__name__, "papermill"):
    # Failures are returned; what these two log says the same in other words.
    logging.getLogger(_name).addHandler(logging.NullHandler())

_SOCKET_NAME = 100
"""Most bytes of a socket's name before jupyter_client numbers it; systems take 103 or more."""


@attrs.define
class Session:
    """What the engine needs besides the notebook, and what it found out.

    Attributes:
        folder: The job's own folder; holds all that the kernel writes.
        desk: The kernel's working folder, as far below ``folder/book`` as the
            chapter is below the book.
        environ: The kernel's environment variables.
        on_cell: Called with the index of each code cell before it runs.
        on_cell_end: Called after each code cell.
        arguments: What the kernel is given on its command line besides the usual.
        manager: The kernel's manager, once there is one.
        notebook: The notebook with its outputs, once the last cell ran or
            one of them raised.
        unfinished: The notebook with the outputs so far, if its kernel died.
    """

    folder: Path
    desk: Path
    environ: dict[str, str]
    on_cell: Callable[[int], None]
    on_cell_end: Callable[[], None]
    arguments: Sequence[str] = ()
    manager: AsyncKernelManager | None = None
    notebook: NotebookNode | None = None
    unfinished: NotebookNode | None = None

    def lay_desk(self, data: Path | None) -> None:
        """Make the working folder, and put the data that the chapter declares where it has them."""
        self.desk.mkdir(parents=True)
        if data is not None:
            shutil.copytree(data, self.folder / "book", dirs_exist_ok=True)

    @property
    def output(self) -> Path:
        """File for what the kernel's process itself writes, past Jupyter."""
        return self.folder / "kernel.log"

    def pid(self) -> int | None:
        """Return the kernel's process, if it was started."""
        return getattr(self.manager and self.manager.provisioner, "pid", None)

    def exit_status(self) -> int | None:
        """Return the kernel's exit status, negative for a signal, if it ended."""
        provisioner = self.manager and self.manager.provisioner
        return run_sync(provisioner.poll)() if provisioner else None


def kernel_environ(
    inherited: Mapping[str, str], *, python: Path, library: Path, folder: Path
) -> dict[str, str]:
    """Return environment variables in which equal notebooks give equal outputs."""
    environ = {name: value for name, value in inherited.items() if not name.startswith(OUTSIDE)}
    return {
        **environ,
        # As an activated environment has it: a cell's `!python` is the kernel's.
        "PATH": f"{python.parent}{os.pathsep}{environ.get('PATH', os.defpath)}",
        "PYTHONPATH": str(library),
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": "0",
        "IPYTHONDIR": str(folder / "ipython"),
    }


class KernelClient(AsyncKernelClient):
    """A client that is ready when the kernel is, and that can always be ended.

    The base class then waits 0.2 s more for messages of which it would rid
    the next reader. Ours, nbclient, tells by their parent which are a cell's.
    """

    def start_channels(
        self,
        shell: bool = True,
        iopub: bool = True,
        stdin: bool = True,
        hb: bool = False,
        control: bool = True,
    ) -> None:
        """Open the channels, by default without the heartbeat.

        That the kernel has died is told by its process. The heartbeat would wait in a thread for
        a kernel that has died before it could be sent to, and whoever stops it for that thread.
        """
        super().start_channels(shell, iopub, stdin, hb, control)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Return when the kernel answers and its messages arrive.

        Raises:
            RuntimeError: It has died, or does not answer within ``timeout`` seconds.
        """
        until = time.monotonic() + (float("inf") if timeout is None else timeout)
        while True:
            self.kernel_info()
            with suppress(Empty):
                reply = await self.shell_channel.get_msg(timeout=1)
                if reply["msg_type"] == "kernel_info_reply":
                    # What it says of being busy; without it nothing of a cell would arrive either.
                    await self.iopub_channel.get_msg(timeout=0.2)
                    self._handle_kernel_info_reply(reply)
                    return
            if not await self.is_alive():
                raise RuntimeError("the kernel died before it answered")
            if time.monotonic() > until:
                raise RuntimeError(f"the kernel did not answer within {timeout:g} s")


class _Client(PapermillNotebookClient):
    """Papermill's client with a kernel that touches nobody's Jupyter files."""

    def __init__(self, nb_man: NotebookExecutionManager, session: Session, **options: Any) -> None:
        super().__init__(nb_man, **options)
        self._session = session

    def create_kernel_manager(self) -> AsyncKernelManager:
        folder = self._session.folder
        specs = KernelSpecManager(kernel_dirs=[str(folder / "kernels")], ensure_native_kernel=False)
        self.km = self._session.manager = AsyncKernelManager(
            kernel_name=self.kernel_name,
            kernel_spec_manager=specs,
            connection_file=str(folder / "connection.json"),
            client_class=f"{__name__}.{KernelClient.__name__}",
            **_transport(folder),
        )
        return self.km


def _transport(folder: Path) -> dict[str, str]:
    """Return how to speak with a kernel: through sockets in ``folder`` that are its alone.

    A free port may be taken by another process before the kernel binds it. Only where the
    folder's name is too long for a socket's, there is no other way.
    """
    place = folder / "socket"
    if len(os.fsencode(place)) > _SOCKET_NAME:
        return {}
    return {"transport": "ipc", "ip": str(place)}


class PolybookEngine(Engine):
    """Runs a notebook for a :class:`Session` given as ``session=``."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        session: Session,
        **ignored: Any,
    ) -> None:
        client = _Client(
            nb_man,
            session,
            kernel_name=kernel_name,
            log=_log,
            extra_arguments=[
                "--HistoryManager.hist_file=:memory:",
                "--log-level=ERROR",
                *session.arguments,
            ],
            # All outputs are in. A polite end interrupts the kernel first, which then
            # sometimes misses the request to shut down and is waited for in vain, 3 s.
            shutdown_kernel="immediate",
            # A busy machine is no failure: the kernel's death ends the waiting.
            iopub_timeout=60,
            shell_timeout_interval=1,
            on_cell_execute=lambda cell, cell_index: session.on_cell(cell_index),
            on_cell_executed=lambda **ignored: session.on_cell_end(),
        )
        log: IO[bytes]
        session.unfinished = nb_man.nb
        with session.output.open("wb") as log:
            client.execute(cwd=str(session.desk), env=session.environ, stdout=log, stderr=log)
        # Papermill inserts cells of its own into the list after a failure.
        session.notebook = NotebookNode(nb_man.nb, cells=list(nb_man.nb.cells))


papermill_engines.register(ENGINE, PolybookEngine)

# The first instance turns classes that traitlets knows by name into the classes themselves, and
# of two threads that make the first one at once, one fails. An import has one thread.
AsyncKernelManager()
