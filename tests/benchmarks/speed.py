"""How long polybook takes for a book, beside Jupyter Book: `python -m benchmarks.speed [BOOK]`.

Each job runs several times in a process of its own, one job after the other and all of them again,
so that what else the machine does meets each. The table has the medians of the seconds, by the
clock and of the processor (the fairer ones on a busy machine), and the largest memory that a
process had. `make bench` runs this.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import attrs
from rich.console import Console
from rich.table import Table

from polybook.book.toc import load_toc

RUNS = 5


@attrs.frozen
class Job:
    """Something to measure.

    Attributes:
        title: What the table calls it.
        command: Arguments of Python, before the folder of the book.
        prints: Whether it prints its seconds; otherwise those of the whole process count.
    """

    title: str
    command: tuple[str, ...]
    prints: bool = True


READ = Job("Jupyter Book: read phase", ("-m", "benchmarks.read_phase"))
JOBS = (
    Job("polybook: parse all chapters, in one process", ("-m", "benchmarks.parse")),
    Job("polybook check: the whole command", ("-m", "polybook", "check", "--book"), prints=False),
    READ,
)


@attrs.frozen
class Run:
    """What one run of a job took.

    Attributes:
        seconds: By the clock.
        cpu: Seconds of the processor.
        memory: The peak, in MiB.
    """

    seconds: float
    cpu: float
    memory: float


def measure(job: Job, folder: Path) -> Run:
    """Run ``job`` once.

    Raises:
        RuntimeError: It failed. That a book has mistakes is no failure of ``check``.
    """
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *job.command, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if job.prints else subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout
    out = process.stdout.read()
    error = process.stderr.read() if process.stderr else ""
    _, status, usage = os.wait4(process.pid, 0)
    seconds, cpu = time.perf_counter() - start, usage.ru_utime + usage.ru_stime
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in ((0,) if job.prints else (0, 1)):
        raise RuntimeError(f"{' '.join(job.command)} ended with {process.returncode}\n{error}")
    # Linux counts in KiB, macOS in bytes.
    unit = 2**20 if sys.platform == "darwin" else 2**10
    if job.prints:
        seconds, cpu = map(float, out.split()[-2:])
    return Run(seconds, cpu, usage.ru_maxrss / unit)


def main(folder: Path) -> None:
    """Measure all jobs for the book in ``folder`` and print the table."""
    runs = [{job: measure(job, folder) for job in JOBS} for _ in range(RUNS)]
    table = Table(title=f"{len(load_toc(folder))} pages, medians of {RUNS} runs")
    table.add_column("")
    for name in ("seconds", "of the processor", "of the read phase", "peak memory, MiB"):
        table.add_column(name, justify="right")
    reading = statistics.median(run[READ].cpu for run in runs)
    for job in JOBS:
        seconds = statistics.median(run[job].seconds for run in runs)
        cpu = statistics.median(run[job].cpu for run in runs)
        peak = max(run[job].memory for run in runs)
        table.add_row(
            job.title, f"{seconds:.2f}", f"{cpu:.2f}", f"{cpu / reading:.0%}", f"{peak:.0f}"
        )
    Console().print(table)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve())
