"""The imports that a fork server does beforehand, and how a kernel comes to terms with them.

A forked kernel must be what a new one would be when its notebook has imported the same modules.
So modules find here what they would find in a kernel, and an import whose effects a notebook
would see, or that a fork would not survive, is unfit. Known to differ: ``sys.stderr`` as a module
keeps it from its import is another object, to the same end.

Like ``fork_server.py``, this file runs in the framework's environment, without polybook.
"""

from __future__ import annotations

import asyncio
import builtins
import ctypes
import importlib
import logging
import os
import signal
import sys
import tempfile
import warnings
from contextlib import suppress
from typing import Any

_OF_A_START = ("ipykernel.kernelapp", "ipykernel.debugger", "psutil", "sqlite3")
"""What the start of a kernel imports in any case; the last three take half of its time."""

_THREADS = "/proc/self/task"
_HARMLESS_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom", "/dev/shm/")


class Stream:
    """A standard stream for modules that keep it from their import: hands on to ``target``."""

    def __init__(self, target: Any) -> None:
        self.target = target

    def __getattr__(self, name: str) -> Any:
        return getattr(self.target, name)

    def close(self) -> None:
        """Do nothing: who closes a foreign stream cannot see that this is a standard one."""


class Shell:
    """The notebook's shell before there is one, for modules that look in which shell they are.

    They may see what kind it is. Whatever else is wanted of it makes an import unfit.
    """

    def __init__(self, kind: type) -> None:
        self.kind = kind
        self.target: Any = None
        self.wanted = False

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return self.kind

    @property
    def config(self) -> Any:
        return self.target.config if self.target else _Names(self)

    @property
    def kernel(self) -> Any:
        # That it has one tells a notebook's shell from a terminal's.
        return self.target.kernel if self.target else _Kernel(self)

    def __getattr__(self, name: str) -> Any:
        if self.target is None:
            self.wanted = True
        return getattr(self.target, name)


class _Names:
    """The shell's configuration: says of which programs it is one, as the common test asks."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def __contains__(self, name: object) -> bool:
        return name == "IPKernelApp"

    def __getattr__(self, name: str) -> Any:
        self._shell.wanted = True
        raise AttributeError(name)


class _Kernel:
    """The shell's kernel: is there, and whatever is wanted of it is too much."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def __getattr__(self, name: str) -> Any:
        if self._shell.target is None:
            self._shell.wanted = True
            raise AttributeError(name)
        return getattr(self._shell.target.kernel, name)


class UnfitError(Exception):
    """An import must be left to the notebooks."""

    def __init__(self, statement: str, reason: str) -> None:
        super().__init__(reason)
        self.statement = statement
        self.reason = reason


class Imports:
    """The imports done beforehand and what undoing their traces in a kernel needs.

    Modules must find what they would find in a kernel, so the environment variables that
    ipykernel sets and the names that IPython adds to the built-in ones are there.
    """

    def __init__(self) -> None:
        # Before all imports, those of ipykernel included: a kernel's variables replace all.
        self._environ = dict(os.environ)
        from ipykernel.zmqshell import ZMQInteractiveShell

        self._output, name = tempfile.mkstemp(prefix="polybook-")
        os.unlink(name)
        for descriptor in (1, 2):
            os.dup2(self._output, descriptor)
        # `type(get_ipython()).__name__` is asked as well.
        kind = type(ZMQInteractiveShell.__name__, (Shell,), {"__module__": "ipykernel.zmqshell"})
        self._shell = kind(ZMQInteractiveShell)
        ZMQInteractiveShell.init_environment(None)
        os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
        for module in _OF_A_START:
            with suppress(ImportError):
                importlib.import_module(module)
        flush()
        self._written = os.fstat(self._output).st_size
        sys.ps1, sys.ps2, sys.ps3 = "In : ", "...: ", "Out: "
        self._filters = list(warnings.filters)
        self.streams = Stream(sys.stdout), Stream(sys.stderr)

    def do(self, statements: list[str], announce: Any) -> None:
        """Execute import statements; raises ``UnfitError`` for the first unfit one."""
        from IPython.core.interactiveshell import InteractiveShell

        shells = (InteractiveShell, self._shell.kind)
        for kind in shells:
            kind._instance = self._shell
        builtins.__IPYTHON__ = True
        builtins.get_ipython = lambda: self._shell
        sys.stdout, sys.stderr = self.streams
        try:
            for statement in statements:
                announce({"importing": statement})
                if reason := self._flaw(statement):
                    raise UnfitError(statement, reason)
        finally:
            sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
            del builtins.__IPYTHON__, builtins.get_ipython
            for kind in shells:
                kind._instance = None

    def _flaw(self, statement: str) -> str:
        """Import; return why the notebooks must do it themselves, or nothing."""
        modules, surroundings = set(sys.modules), _surroundings()
        try:
            # A deprecation is shown to whoever imports from a cell, so import as a cell does.
            exec(statement, {"__name__": "__main__"})
        except BaseException as error:
            if set(sys.modules) != modules:
                return f"it fails half-way ({type(error).__name__}: {error})"
        flush()
        if os.fstat(self._output).st_size > self._written:
            return "it prints or warns"
        if self._shell.wanted:
            return "it changes or asks the notebook's shell"
        if _surroundings() != surroundings:
            return "it changes what a kernel sets up when it starts"
        if devices := _devices():
            return f"it opens the device {devices[0]}"
        if _threads() > 1:
            # Some libraries end their threads before a fork and start them anew on demand.
            if (pid := fork()) == 0:
                os._exit(0)
            os.waitpid(pid, 0)
        if (threads := _threads()) > 1:
            return f"it leaves {threads - 1} threads running, which a fork would lose"
        return ""

    def hide(self) -> None:
        """In a forked kernel: take back what modules changed and the kernel's start changes too."""
        os.close(self._output)
        self._variables = {
            name: os.environ.get(name)
            for name in {**self._environ, **os.environ}
            if os.environ.get(name) != self._environ.get(name)
        }
        # The kernel sets up its own logging and closes all handlers that it finds.
        self._handlers = logging._handlerList[:], dict(logging._handlers)
        logging._handlerList.clear()
        self._added = [one for one in warnings.filters if one not in self._filters]
        warnings.filters[:] = self._filters
        with warnings.catch_warnings():
            pass  # Only this tells the interpreter that the filters are others now.

    def settle(self) -> None:
        """In a kernel that has started: change it as the modules would have."""
        self.streams[0].target, self.streams[1].target = sys.stdout, sys.stderr
        self._shell.target = self._shell.kind.instance()
        logging._handlerList[:0] = self._handlers[0]
        logging._handlers.update(self._handlers[1])
        for name, value in self._variables.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        # The modules' filters come before the kernel's, as they would come later.
        for action, message, category, module, line in reversed(self._added):
            text = message.pattern if message else ""
            origin = module.pattern if module else ""
            warnings.filterwarnings(action, text, category, origin, line)


def _surroundings() -> tuple[Any, ...]:
    """Return what a kernel sets when it starts and no import may have set before."""
    handlers = [signal.getsignal(number) for number in sorted(signal.valid_signals())]
    # To ask for the policy would make one, and warns in later versions of Python.
    policy = type(getattr(asyncio.events, "_event_loop_policy", None)).__module__
    foreign = policy if not policy.startswith(("asyncio", "builtins")) else ""
    return (sys.excepthook, sys.displayhook, handlers, foreign, os.getcwd(), sys.argv[:])


def can_judge() -> bool:
    """Whether the system tells of threads that Python knows nothing of, as Linux does."""
    return os.path.isdir(_THREADS)


def _threads() -> int:
    return len(os.listdir(_THREADS))


def _devices() -> list[str]:
    """Return the open devices; a runtime that drives one does not survive a fork."""
    found = []
    for descriptor in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # The one that lists them is closed by now.
            found.append(os.readlink(f"/proc/self/fd/{descriptor}"))
    return [
        one for one in found if one.startswith("/dev/") and not one.startswith(_HARMLESS_DEVICES)
    ]


def flush() -> None:
    """Empty all buffers of written text, lest a forked process writes it once more."""
    for stream in (sys.__stdout__, sys.__stderr__):
        stream.flush()
    ctypes.CDLL(None).fflush(None)


def fork() -> int:
    """Fork without the warnings that speak of threads: there are none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return os.fork()
