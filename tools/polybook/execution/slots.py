"""Sharing a machine between notebooks: cores, memory and accelerators."""

from __future__ import annotations

import attrs

from polybook.book.needs import Needs
from polybook.execution.machine import Machine

_SPARE = 0.9
"""Share of the memory that notebooks may plan with; the rest is for everything else."""

_USUAL_MEMORY = 2**30
"""Bytes that a notebook is taken to hold that never ran and declares nothing."""

# What libraries for numbers read to know how many threads to start.
_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)


@attrs.frozen
class Share:
    """What one running notebook, or all of them, have of the machine.

    Attributes:
        cores: Processor cores.
        memory: Bytes of memory that were set aside for it.
        devices: Index of each accelerator, with the bytes of its memory.
    """

    cores: int
    memory: int
    devices: tuple[tuple[str, int], ...] = ()


class Slots:
    """What of a machine is free.

    Args:
        machine: The machine.
        cores: How many of its cores notebooks use together; all by default.
    """

    def __init__(self, machine: Machine, cores: int | None = None) -> None:
        self.machine = machine
        self._all_cores = self._cores = cores or machine.cores
        self._all_memory = self._memory = int(machine.memory * _SPARE)
        self._devices = {each.index: each.memory for each in machine.accelerators}

    @property
    def whole(self) -> Share:
        """All that notebooks may have together."""
        devices = tuple((each.index, each.memory) for each in self.machine.accelerators)
        return Share(self._all_cores, self._all_memory, devices)

    def refusal(self, needs: Needs) -> str | None:
        """Say why this machine can never run such a notebook; None if it can."""
        if needs.accelerators > len(self.machine.accelerators):
            there = len(self.machine.accelerators) or "none"
            noun = "accelerator" if needs.accelerators == 1 else "accelerators"
            return f"it needs {needs.accelerators} {noun}; this machine has {there}"
        if needs.memory is not None and needs.memory > self.machine.memory:
            return (
                f"it may hold {needs.memory / 2**30:.1f} GiB of memory; "
                f"this machine has {self.machine.memory / 2**30:.1f} GiB"
            )
        large = [each for each in self.machine.accelerators if _fits(needs, each.memory)]
        if needs.accelerators > len(large):
            return "no accelerator of this machine has as much memory as it needs"
        return None

    def wanted(self, needs: Needs, held_before: int | None = None) -> tuple[int, int]:
        """Return the cores and the bytes of memory that are set aside for a notebook.

        No more than there are in all; the arguments are those of :meth:`take`.
        """
        expected = held_before or needs.memory or _USUAL_MEMORY
        return min(needs.cores, self._all_cores), min(expected, self._all_memory)

    def take(self, needs: Needs, held_before: int | None = None) -> Share | None:
        """Return a share for a notebook, taken from what is free; None if it must wait.

        Args:
            needs: What it declares.
            held_before: Most bytes that it held when it last ran, if it did.
        """
        cores, memory = self.wanted(needs, held_before)
        devices = self._free_devices(needs)
        if cores > self._cores or memory > self._memory or devices is None:
            return None
        self._cores -= cores
        self._memory -= memory
        for index, held in devices:
            self._devices[index] -= held
        return Share(cores, memory, devices)

    def give_back(self, share: Share) -> None:
        """Take note that a notebook has ended."""
        self._cores += share.cores
        self._memory += share.memory
        for index, held in share.devices:
            self._devices[index] += held

    def environ(self, needs: Needs, share: Share) -> dict[str, str]:
        """Return the variables that keep a notebook to its share.

        The number of threads is the declared one, whatever the machine has:
        sums depend on how they are cut into threads.
        """
        found = dict.fromkeys(_THREADS, str(needs.cores))
        # An index that no device has hides them all.
        found["CUDA_VISIBLE_DEVICES"] = ",".join(index for index, _ in share.devices) or "-1"
        totals = {each.index: each.memory for each in self.machine.accelerators}
        if needs.accelerator_memory and share.devices:
            fraction = min(held / totals[index] for index, held in share.devices)
            # A runtime that takes a whole device when it starts would starve its neighbours.
            found["XLA_PYTHON_CLIENT_MEM_FRACTION"] = f"{fraction:.3f}"
            found["TF_FORCE_GPU_ALLOW_GROWTH"] = "true"
        return found

    def _free_devices(self, needs: Needs) -> tuple[tuple[str, int], ...] | None:
        """Return accelerators with enough free memory, the fullest first; None if too few."""
        chosen = []
        totals = {each.index: each.memory for each in self.machine.accelerators}
        for index, free in sorted(self._devices.items(), key=lambda each: (each[1], each[0])):
            wanted = needs.accelerator_memory or totals[index]
            if len(chosen) < needs.accelerators and wanted <= free:
                chosen.append((index, wanted))
        return tuple(chosen) if len(chosen) == needs.accelerators else None


def _fits(needs: Needs, memory: int) -> bool:
    return needs.accelerator_memory is None or needs.accelerator_memory <= memory
