"""One Python environment per framework, made from its pinned requirements.

An environment lives at ``<folder>/<first digits of the digest>``. It is built
there and never moved, because pip writes absolute paths into the scripts it
installs; a stamp, written last, says that it is whole. Changed requirements
have another digest, so the old environment serves until the new one is ready.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from functools import cache
from pathlib import Path
from typing import Any

import attrs
from filelock import FileLock

from polybook.book import Book
from polybook.book.variables import Variables
from polybook.execution.failure import ExecutionError
from polybook.execution.key import digest
from polybook.execution.requirements import normalized, requirement_lines, requirement_names
from polybook.source.diagnostic import Diagnostic

_PYTHON = f"python {sys.version_info.major}.{sys.version_info.minor}"
_STAMP = "polybook.json"

PROVISIONER = "polybook-fork-server"
"""Entry point of the provisioner in the group ``jupyter_client.kernel_provisioners``."""


@attrs.frozen
class Environment:
    """The Python in which one framework's notebooks run.

    Attributes:
        framework: Name of the framework.
        requirements: Pinned requirements file, or None for the Python that
            runs polybook itself.
        folder: Where the environment is built; used by nothing else.
        declared: Path and line in the book's configuration that names the
            environment, for diagnostics.
        variables: Environment variables that its kernels get.
    """

    framework: str
    requirements: Path | None
    folder: Path
    declared: tuple[str, int]
    variables: Variables = ()

    @property
    def digest(self) -> str:
        """SHA-256 of what was asked for; the environment need not exist.

        Raises:
            ExecutionError: The requirements file cannot be read.
        """
        if self.requirements is None:
            lines = [f"ipykernel=={importlib.metadata.version('ipykernel')}"]
        else:
            lines = self.lines()
        return digest("\n".join([_PYTHON, *sorted(lines)]))

    def lines(self) -> list[str]:
        """Return what the requirements ask of pip, without layout; empty if there are none.

        Raises:
            ExecutionError: The requirements file cannot be read.
        """
        if self.requirements is None:
            return []
        try:
            return requirement_lines(self.requirements)
        except (OSError, UnicodeDecodeError) as error:
            raise self._error(
                "unreadable-requirements",
                f"the requirements of {self.framework} cannot be read: {error}",
                "name an existing requirements file",
            ) from error

    @property
    def python(self) -> Path:
        """The interpreter, which exists once the environment is ready."""
        if self.requirements is None:
            return Path(sys.executable)
        return self._home / "bin" / "python"

    @property
    def kernel_name(self) -> str:
        """Name of the environment's Jupyter kernel."""
        return f"polybook-{self.framework}"

    def is_ready(self) -> bool:
        """Whether the environment is there, whole, and made from these requirements."""
        if self.requirements is None:
            return True
        try:
            stamp = json.loads((self._home / _STAMP).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return stamp == {"digest": self.digest} and self.python.exists()

    def require(self) -> None:
        """Do nothing if the environment is ready.

        Raises:
            ExecutionError: It is not, or its requirements cannot be read.
        """
        if not self.is_ready():
            raise self._error(
                "missing-environment",
                f"the environment of {self.framework} is not there",
                "run `polybook env`",
            )

    def create(self, *, keep_others: bool = False) -> None:
        """Build the environment unless it is ready; wait if another process builds it.

        Args:
            keep_others: Leave what was made from other requirements; other books may use it.

        Raises:
            ExecutionError: It cannot be built. Nothing half-made is left,
                and what was there before still is.
        """
        if self.requirements is None or self.is_ready():
            return
        if "ipykernel" not in requirement_names(self.lines()):
            raise self._error(
                "environment-without-ipykernel",
                f"{self.requirements.name} does not name ipykernel, without which no notebook runs",
                f"add a pinned `ipykernel==...` to {self.requirements.name}",
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{self.folder}.lock"):
            if self.is_ready():
                return
            self._build(self.requirements)
            for outdated in () if keep_others else self.folder.iterdir():
                if outdated.name != self._home.name:
                    shutil.rmtree(outdated)

    def versions(self) -> dict[str, str]:
        """Return the installed version of each package that the requirements name."""
        if self.requirements is None:
            return {"ipykernel": importlib.metadata.version("ipykernel")}
        installed = _installed(self._home)
        names = requirement_names(self.lines())
        return {name: installed[name] for name in names if name in installed}

    def write_kernel_spec(self, folder: Path, fork_server: str | None = None) -> Path:
        """Write the Jupyter kernel below ``folder/kernels`` and return its ``kernel.json``.

        With ``folder`` in ``JUPYTER_PATH`` any Jupyter finds the kernel;
        the user's own Jupyter is left as it is. With ``fork_server``, the socket
        of one, kernels are forked there.
        """
        spec: dict[str, Any] = {
            "argv": [str(self.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": self.framework,
            "language": "python",
        }
        if fork_server:
            provisioner = {"provisioner_name": PROVISIONER, "config": {"address": fork_server}}
            spec["metadata"] = {"kernel_provisioner": provisioner}
        file = folder / "kernels" / self.kernel_name / "kernel.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(spec, indent=1) + "\n", encoding="utf-8")
        return file

    @property
    def _home(self) -> Path:
        return Path(os.path.abspath(self.folder)) / self.digest[:12]

    def _build(self, requirements: Path) -> None:
        home, stamp = self._home, json.dumps({"digest": self.digest})
        # Without a stamp it is what a killed process left.
        shutil.rmtree(home, ignore_errors=True)
        try:
            venv.create(home, with_pip=True, symlinks=True)
            # -I: the caller's PYTHONPATH must not pass for installed packages.
            pip = [str(home / "bin" / "python"), "-I", "-m", "pip", "install", "--no-input"]
            subprocess.run(
                [*pip, "--disable-pip-version-check", "--requirement", str(requirements)],
                check=True,
                text=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            (home / _STAMP).write_text(stamp + "\n", encoding="utf-8")
        except subprocess.CalledProcessError as error:
            shutil.rmtree(home, ignore_errors=True)
            output = error.output if isinstance(error.output, str) else error.output.decode()
            raise self._error(
                "environment-not-built",
                f"the environment of {self.framework} cannot be built from {requirements.name}",
                "\n    ".join(output.strip().splitlines()[-5:]),
            ) from error
        except BaseException:
            shutil.rmtree(home, ignore_errors=True)
            raise

    def _error(self, code: str, message: str, suggestion: str) -> ExecutionError:
        path, line = self.declared
        return ExecutionError(Diagnostic(path, line, 1, code, message, suggestion))


@cache
def _installed(home: Path) -> dict[str, str]:
    """Return the version of each package in an environment that is ready, and so never changes."""
    # The folder tells as much as its Python would, without starting it.
    base = str(home)
    site = sysconfig.get_path("purelib", "venv", vars={"base": base, "platbase": base})
    return {
        normalized(found.name): found.version
        for found in importlib.metadata.distributions(path=[site])
    }


def environments_of(book: Book) -> dict[str, Environment]:
    """Return the environment of each framework of ``book``; none need exist."""
    return {
        framework.name: Environment(
            framework=framework.name,
            requirements=book.folder / framework.environment if framework.environment else None,
            folder=book.build / "environments" / framework.name,
            declared=("_config.yml", framework.environment_line),
            variables=framework.variables,
        )
        for framework in book.config.frameworks
    }
