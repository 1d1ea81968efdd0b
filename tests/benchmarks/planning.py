"""How long it takes to say what would run: `python -m benchmarks.planning`.

A made book has 250 chapters for four frameworks, so 1,000 notebooks, and a library of 500 symbols
that use each other. All outputs are in the store; then one symbol changes. Prints the seconds for
reading the book, and those of the plan: the libraries, all keys, and looking them up in the store.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from nbformat.v4 import new_output
from rich.console import Console
from rich.table import Table

from polybook.book import Book, load_book
from polybook.execution import Change, Job, Keys, LocalExecutor, Record, Store, plan, this_machine
from polybook.execution.explanation import explain
from polybook.execution.jobs import jobs
from polybook.lasting import lasting

FRAMEWORKS = ("one", "two", "three", "four")
CHAPTERS, SYMBOLS = 250, 500
RUNS = 5
PHASES = (
    "read the chapters (not counted as planning)",
    "extract the libraries and their graphs",
    "compute all keys",
    "look them up and explain",
)


def write_book(folder: Path) -> None:
    """Write the made book."""
    choose = random.Random(1)
    names = [f"f{number}" for number in range(SYMBOLS)]
    frameworks = "".join(f"    {name}:\n      library: lib.{name}\n" for name in FRAMEWORKS)
    (folder / "_config.yml").write_text(f"polybook:\n  frameworks:\n{frameworks}")
    entries = []
    for number in range(CHAPTERS):
        mine = names[number * SYMBOLS // CHAPTERS : (number + 1) * SYMBOLS // CHAPTERS]
        cells = [
            f"#@tab {name}\nfrom lib import {name} as lib\nlib.{choose.choice(names)}()"
            for name in FRAMEWORKS
        ]
        for name in mine:
            used = choose.sample(names, 2)
            cells.append(
                f"#@tab all\ndef {name}(x=1):  #@save\n    return lib.{used[0]}({used[1]})"
            )
        for _ in range(6):
            calls = "\n".join(f"y = lib.{choose.choice(names)}(y)" for _ in range(4))
            cells.append(f"#@tab all\ny = {number}\n{calls}\nprint(y)")
        fences = "\n".join(f"Prose.\n\n```{{.python .input}}\n{cell}\n```\n" for cell in cells)
        (folder / f"c{number}.md").write_text(f"# Chapter {number}\n\n{fences}")
        entries.append(f"  - file: c{number}\n")
    (folder / "index.md").write_text("# Made\n")
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: index\nchapters:\n{''.join(entries)}")


def store_all(book: Book, store: Store, every: list[Job]) -> None:
    """Put outputs of every notebook into ``store``."""
    for job in every:
        for cell in job.notebook.cells:
            cell.outputs = [new_output("stream", text="1\n" * 20)]
        store.put(job.notebook, Record(job.page, job.framework, job.key, 1.0, 1, {}, "3.11"))


def plan_once(folder: Path) -> None:
    """Plan as `polybook execute --plan` does; print each phase's seconds, and what is stale."""
    moments = [time.perf_counter()]
    with lasting():
        book = load_book(folder)
        moments.append(time.perf_counter())
        keys = Keys.of(book)
        moments.append(time.perf_counter())
        every = jobs(book, keys)
    moments.append(time.perf_counter())
    pages = {page.path: page for page in book.pages}

    def say(job: Job, change: Change) -> str:
        return explain(keys, pages[job.page], job.framework, change)

    executor = LocalExecutor(
        book=book.folder,
        environments=keys.environments,
        library=book.folder,
        scratch=book.folder,
        machine=this_machine(),
    )
    found = plan(every, store=Store(folder / "store"), executor=executor, explain=say)
    moments.append(time.perf_counter())
    stale = [one for one in found if one.state != "fresh"]
    print(*(later - sooner for sooner, later in pairwise(moments)))
    print(f"{len(stale)} of {len(found)} stale", *(one.reason for one in stale[:1]))


def measure(folder: Path, title: str) -> None:
    """Plan several times, each in a process of its own as the command is, and print the medians."""
    command = [sys.executable, "-m", "benchmarks.planning", str(folder)]
    runs = []
    for _ in range(RUNS):
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        seconds, stale = done.stdout.splitlines()
        runs.append([float(each) for each in seconds.split()])
    table = Table(title=f"{title}: {stale} (medians of {RUNS} runs)")
    table.add_column("")
    table.add_column("seconds", justify="right")
    for phase, each in zip(PHASES, zip(*runs, strict=True), strict=True):
        table.add_row(phase, f"{statistics.median(each):.2f}")
    table.add_row("planning", f"{statistics.median(sum(run[1:]) for run in runs):.2f}")
    Console().print(table)


def main() -> None:
    """Make the book, fill its store, and plan before and after a symbol changes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_book(folder)
        book = load_book(folder)
        store_all(book, Store(folder / "store"), jobs(book, Keys.of(book)))
        measure(folder, "nothing changed")
        chapter = folder / f"c{CHAPTERS // 2}.md"
        chapter.write_text(chapter.read_text().replace("    return lib", "    return 0 + lib", 1))
        measure(folder, "one symbol changed")


if __name__ == "__main__":
    plan_once(Path(sys.argv[1])) if len(sys.argv) > 1 else main()
