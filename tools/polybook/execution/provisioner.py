"""The Jupyter kernel provisioner that has its kernels forked by a process with the imports done."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import socket
import subprocess
import time
from contextlib import suppress
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner
from traitlets.config import Unicode

_LAUNCHER = ["-m", "ipykernel_launcher"]


class ForkedProcess:
    """A kernel that another process forked, with as much of ``Popen`` as Jupyter uses.

    Raises:
        OSError: The server does not answer.
    """

    stdin = stdout = stderr = None

    def __init__(
        self,
        address: str,
        argv: list[str],
        *,
        environ: dict[str, str],
        cwd: str,
        stdout: int,
        stderr: int,
    ) -> None:
        self.returncode: int | None = None
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._socket.connect(address)
            request = json.dumps({"argv": argv, "environ": environ, "cwd": cwd}).encode() + b"\n"
            sent = socket.send_fds(self._socket, [request], [stdout, stderr])
            self._socket.sendall(request[sent:])
            self.pid: int = self._answer()["pid"]
        except BaseException:
            self._socket.close()
            raise

    def poll(self) -> int | None:
        """Return the exit status, negative for a signal; None while the kernel runs."""
        if self.returncode is None:
            try:
                self._socket.sendall(b"{}\n")
                self.returncode = self._answer()["status"]
            except OSError:
                # The server is gone, and on Linux the kernel with it.
                with suppress(OSError):
                    os.killpg(self.pid, signal.SIGKILL)
                self.returncode = -signal.SIGKILL
            if self.returncode is not None:
                self._socket.close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit status."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(_LAUNCHER, timeout or 0)
            time.sleep(0.01)
        return status

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel alone, if it runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill the kernel."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def _answer(self) -> dict[str, Any]:
        answer = b""
        while not answer.endswith(b"\n"):
            received = self._socket.recv(4096)
            if not received:
                raise ConnectionResetError("the fork server is gone")
            answer += received
        return dict(json.loads(answer))


class ForkProvisioner(LocalProvisioner):
    """Starts kernels through a fork server, and in the usual way once that is gone."""

    address = Unicode(help="The Unix socket on which the fork server listens.").tag(config=True)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Have the kernel forked; ports and connection file are those of any local kernel."""
        if cmd[1:3] == _LAUNCHER:
            with suppress(OSError):
                cwd = kwargs.get("cwd") or pathlib.Path.cwd()
                self.process = ForkedProcess(
                    self.address,
                    cmd[3:],
                    environ=kwargs["env"],
                    cwd=str(cwd),
                    stdout=_descriptor(kwargs.get("stdout"), 1),
                    stderr=_descriptor(kwargs.get("stderr"), 2),
                )
                self.pid = self.pgid = self.process.pid
                self.cwd = cwd
                return self.connection_info
        return await super().launch_kernel(cmd, **kwargs)


def _descriptor(file: Any, default: int) -> int:
    return default if file is None else file if isinstance(file, int) else int(file.fileno())
