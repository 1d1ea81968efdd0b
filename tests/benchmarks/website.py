"""How long polybook takes for a website, beside Jupyter Book.

Both build the same made book (:mod:`benchmarks.made_book`), one after the other: from nothing,
with nothing changed, with one paragraph changed, and with one page's title changed. After a title
has changed, Jupyter Book leaves the old one in the sidebars of other pages; the table says in how
many of them each shows the new one.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import attrs
from benchmarks.made_book import D2l, Plain, store_outputs, write_book
from rich.console import Console
from rich.table import Table

PAGES, RUNS = 200, 3
TITLE = "Anew"


@attrs.frozen
class Run:
    """What a build took: seconds by the clock, and the peak of a process's memory in MiB."""

    seconds: float
    memory: float


@attrs.frozen
class Program:
    """Something that builds a website.

    Attributes:
        name: What the table calls it.
        command: Builds the book in the folder that is put behind it.
        folder: Of the book.
    """

    name: str
    command: tuple[str, ...]
    folder: Path

    def build(self) -> Run:
        """Build the website.

        Raises:
            RuntimeError: It failed.
        """
        start = time.perf_counter()
        process = subprocess.Popen(
            [*self.command, str(self.folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"{self.name} ended with {process.returncode}")
        # Linux counts in KiB, macOS in bytes.
        return Run(seconds, usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10))

    def with_title(self) -> int:
        """Return how many pages show the new title beside them."""
        pages = (self.folder / "_build/html").glob("page*.html")
        return sum(TITLE in page.read_text(encoding="utf-8") for page in pages)


def _nothing(folder: Path, run: int) -> None:
    pass


def _paragraph(folder: Path, run: int) -> None:
    _edit(folder, "\n## Summary\n\n", f"\n## Summary\n\nWritten {run} times. ")


def _title(folder: Path, run: int) -> None:
    _edit(folder, "# ", f"# {TITLE} ")


def _edit(folder: Path, old: str, new: str) -> None:
    chapter = folder / f"page{PAGES // 2}.md"
    chapter.write_text(chapter.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")


CHANGES: tuple[tuple[str, Callable[[Path, int], None]], ...] = (
    ("nothing changed", _nothing),
    ("one paragraph changed", _paragraph),
    ("one title changed", _title),
)


def main() -> None:
    """Make both books, build them, and print the table."""
    with tempfile.TemporaryDirectory() as name:
        ours, plain = Path(name) / "ours", Path(name) / "plain"
        write_book(ours, PAGES, D2l())
        store_outputs(ours, PAGES)
        write_book(plain, PAGES, Plain())
        here = Path(sys.executable).parent
        programs = (
            Program("jupyter-book", (str(here / "jupyter-book"), "build"), plain),
            Program(
                "polybook",
                (str(here / "polybook"), "build", "html", "--no-execute", "--book"),
                ours,
            ),
        )
        runs = {"full build": {each: [each.build()] for each in programs}}
        for change, make in CHANGES:
            runs[change] = {each: [] for each in programs}
            for run in range(RUNS):
                for each in programs:
                    make(each.folder, run)
                    runs[change][each].append(each.build())
        _print(programs, runs)
        for each in programs:
            print(f"{each.name}: {each.with_title()} of {PAGES} pages show the new title")


def _print(programs: tuple[Program, Program], runs: dict[str, dict[Program, list[Run]]]) -> None:
    table = Table(title=f"{PAGES} pages; medians of {RUNS} runs, of the full build one run")
    table.add_column("")
    for each in programs:
        table.add_column(f"{each.name}, seconds", justify="right")
        table.add_column("peak MiB of a process", justify="right")
    table.add_column("times faster", justify="right")
    for what, found in runs.items():
        row, seconds = [what], []
        for each in programs:
            seconds.append(statistics.median(run.seconds for run in found[each]))
            row += [f"{seconds[-1]:.2f}", f"{max(run.memory for run in found[each]):.0f}"]
        table.add_row(*row, f"{seconds[0] / seconds[1]:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
