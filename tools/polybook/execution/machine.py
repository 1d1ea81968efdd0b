"""The machine that runs notebooks: what it has."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess

import attrs
import psutil


@attrs.frozen
class Accelerator:
    """A GPU.

    Attributes:
        index: What names it in ``CUDA_VISIBLE_DEVICES``.
        name: What its maker calls it.
        memory: Its memory, in bytes.
    """

    index: str
    name: str
    memory: int


@attrs.frozen
class Machine:
    """What there is to run notebooks with.

    Attributes:
        cores: Processor cores.
        memory: Memory, in bytes.
        accelerators: Its accelerators.
        kind: Operating system and processor, such as ``Linux x86_64``.
    """

    cores: int
    memory: int
    accelerators: tuple[Accelerator, ...] = ()
    kind: str = ""

    @property
    def description(self) -> str:
        """Its kind and its accelerators; the same for machines that are alike."""
        return ", ".join([self.kind, *(each.name for each in self.accelerators)])


def this_machine() -> Machine:
    """Return the machine that this process may use."""
    return Machine(
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        memory=psutil.virtual_memory().total,
        accelerators=_accelerators(),
        kind=f"{platform.system()} {platform.machine()}",
    )


def _accelerators() -> tuple[Accelerator, ...]:
    command = shutil.which("nvidia-smi")
    if command is None:
        return ()
    query = [command, "--query-gpu=index,name,memory.total", "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(query, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return ()  # The tool without a driver: there is no device that could be used.
    found = []
    for line in done.stdout.splitlines():
        index, _, rest = line.partition(", ")
        name, _, mebibytes = rest.rpartition(", ")
        if mebibytes.strip().isdigit():
            found.append(Accelerator(index.strip(), name.strip(), int(mebibytes) * 2**20))
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        chosen = [part.strip() for part in visible.split(",")]
        found = [each for each in found if each.index in chosen]
    return tuple(found)
