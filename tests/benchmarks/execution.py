"""How much execution adds to what the cells take: `python -m benchmarks.execution [BOOK]`.

Three tables. The first has the overhead of one notebook, all that its run takes besides its cells'
own time, with plain papermill, with a new kernel for each notebook and with forked kernels; the
import of PyTorch, which is the same in all notebooks, counts as overhead. The second has the time
that many notebooks take together beside the least that the machine's cores allow. The third has
what an execution takes in which nothing has to run. `make bench` runs this.
"""

from __future__ import annotations

import io
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

import papermill
from nbformat import NotebookNode
from nbformat import write as write_notebook
from nbformat.v4 import new_code_cell, new_notebook
from rich.console import Console
from rich.table import Table

from polybook.book import Book, load_book
from polybook.cli.execute import run_stale
from polybook.cli.executors import Where
from polybook.cli.outputs import missing_outputs
from polybook.execution import (
    Environment,
    Job,
    Key,
    Keys,
    LocalExecutor,
    Part,
    Report,
    Store,
    WarmKernels,
    environments_of,
    execute,
    this_machine,
)

NOTEBOOKS, ROUNDS = 6, 3
"""Notebooks in one round of the first table, and rounds."""

SLEEPERS, SLOTS = 24, 2
"""Notebooks of the second table, and how many run at a time."""


def timing_notebook(framework_import: str) -> NotebookNode:
    """Return a notebook whose last output is the seconds that its cells took by themselves."""
    work = "begun = time.perf_counter()\nsum(range(200_000))\nspent += time.perf_counter() - begun"
    sources = [framework_import, "import time\nspent = 0.0", *[work] * 8, "print(spent)"]
    cells = [
        new_code_cell(
            source, id=f"cell-{number}", metadata={"polybook": {"lines": [1, 2, 3]}, "tags": []}
        )
        for number, source in enumerate(sources)
    ]
    return new_notebook(cells=cells)


def own_seconds(executed: NotebookNode) -> float:
    """Return what the notebook of :func:`timing_notebook` printed."""
    return float(executed.cells[-1].outputs[0].text)


def with_papermill(environment: Environment, notebook: NotebookNode, folder: Path) -> list[float]:
    """Return the overhead of each notebook that plain papermill runs, in seconds."""
    environment.write_kernel_spec(folder / "jupyter")
    os.environ["JUPYTER_PATH"] = str(folder / "jupyter")
    source = folder / "notebook.ipynb"
    write_notebook(notebook, source)
    overheads = []
    for _ in range(NOTEBOOKS):
        begun = time.perf_counter()
        with quiet():
            done = papermill.execute_notebook(
                source,
                folder / "out.ipynb",
                kernel_name=environment.kernel_name,
                progress_bar=False,
                log_output=False,
            )
        overheads.append(time.perf_counter() - begun - own_seconds(done))
    return overheads


def executor(
    environment: Environment, folder: Path, cores: int, warm: WarmKernels | None
) -> LocalExecutor:
    """Return this machine, with an empty library."""
    (folder / "library").mkdir(parents=True, exist_ok=True)
    return LocalExecutor(
        book=folder,
        environments={environment.framework: environment},
        library=folder / "library",
        scratch=folder / "scratch",
        machine=this_machine(),
        cores=cores,
        warm=warm,
    )


def run_all(every: list[Job], store: Store, place: LocalExecutor) -> Report:
    """Run the notebooks and see that none failed."""
    report = execute(every, store=store, executor=place, report=lambda event: None)
    assert len(report.executed) == len(every), report.failures
    return report


def with_polybook(
    environment: Environment, notebook: NotebookNode, folder: Path, warm: WarmKernels | None
) -> tuple[list[float], float]:
    """Return the overhead of each notebook, and of one if all that was done is shared by all."""
    every = [
        Job(f"page-{number}.md", environment.framework, Key((Part("cell", "1", "0"),)), notebook)
        for number in range(NOTEBOOKS)
    ]
    store = Store(folder / "store")
    report = run_all(every, store, executor(environment, folder, 1, warm))
    stored = [store.get(job.page, job.framework, job.key) for job in every]
    own = [own_seconds(each.notebook) for each in stored]
    each = [one.record.seconds - mine for one, mine in zip(stored, own, strict=True)]
    return each, (report.seconds - sum(own)) / NOTEBOOKS


def overheads(environment: Environment, framework_import: str) -> None:
    """Print the first table."""
    notebook = timing_notebook(framework_import)
    found: dict[str, list[float]] = {"plain papermill": [], "cold": [], "warm": []}
    shared: dict[str, list[float]] = {"cold": [], "warm": []}
    for _ in range(ROUNDS):
        with scratch() as folder:
            found["plain papermill"] += with_papermill(environment, notebook, folder)
        for name in ("cold", "warm"):
            with scratch() as folder, WarmKernels({}) as kernels:
                warm = kernels if name == "warm" else None
                each, all_of_it = with_polybook(environment, notebook, folder, warm)
            found[name] += each
            shared[name].append(all_of_it)
    plain = statistics.median(found["plain papermill"])
    table = Table(
        title=f"overhead per notebook with `{framework_import}`: medians of "
        f"{ROUNDS * NOTEBOOKS} notebooks, one at a time"
    )
    table.add_column("")
    for name in ("seconds", "of papermill's", f"with a share of all else in a run of {NOTEBOOKS}"):
        table.add_column(name, justify="right")
    for name, each in found.items():
        middle = statistics.median(each)
        rest = f"{statistics.median(shared[name]):.2f}" if name in shared else ""
        table.add_row(name, f"{middle:.2f}", f"1/{plain / middle:.1f}", rest)
    Console().print(table)


def scheduling() -> None:
    """Print how long sleeping notebooks take together, beside the least that is possible."""
    choose = random.Random(1)
    naps = [round(choose.expovariate(1), 2) for _ in range(SLEEPERS - 1)] + [6.0]
    table = Table(title=f"{SLEEPERS} notebooks that sleep, {SLOTS} at a time, forked kernels")
    for name in ("", "seconds", "least possible", "ratio"):
        table.add_column(name, justify="right" if name else "left")
    with scratch() as folder, WarmKernels({}) as kernels:
        python = Environment("plain", None, folder / "environment", ("_config.yml", 1))
        store = Store(folder / "store")
        for turn in ("times not known", "times known"):
            every = [
                sleeper(python.framework, number, nap, turn) for number, nap in enumerate(naps)
            ]
            report = run_all(every, store, executor(python, folder, SLOTS, kernels))
            records = [store.find(job.page, job.framework, job.key) for job in every]
            took = [record.seconds for record in records]
            least = max(sum(took) / SLOTS, *took)
            ratio = f"{report.seconds / least:.3f}"
            table.add_row(turn, f"{report.seconds:.2f}", f"{least:.2f}", ratio)
    Console().print(table)


def sleeper(framework: str, number: int, nap: float, turn: str) -> Job:
    """Return the notebook number ``number``, which sleeps ``nap`` seconds."""
    lines = {"polybook": {"lines": [1]}}
    cell = new_code_cell(f"import time; time.sleep({nap})", id="cell-0", metadata=lines)
    key = Key((Part("cell", "1", turn),))
    return Job(f"page-{number}.md", framework, key, new_notebook(cells=[cell]))


def nothing_changed(book: Book) -> None:
    """Print what it takes to find that nothing has to run: the execution phase of a build."""
    missing, every = missing_outputs(Keys.of(book))
    if missing:
        print(f"{missing} of {every} notebooks would run; run them, then measure again")
        return
    seconds = []
    for _ in range(5):
        begun = time.perf_counter()
        with redirect_stdout(io.StringIO()):
            run_stale(Keys.of(book), None, Where())
        seconds.append(time.perf_counter() - begun)
    print(
        f"execution phase of a build of {every} notebooks where nothing changed: "
        f"{statistics.median(seconds):.2f} s (median of {len(seconds)})"
    )


@contextmanager
def quiet() -> Iterator[None]:
    """Let nobody see what kernels write to their error stream, which they have from us."""
    kept = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@contextmanager
def scratch() -> Iterator[Path]:
    """Yield a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        yield Path(name)


def main(folder: Path) -> None:
    """Print the three tables, the first for the book's framework that has PyTorch."""
    book = load_book(folder)
    environments = environments_of(book)
    name, framework_import = next(
        ((name, "import torch") for name, one in environments.items() if has_torch(one)),
        ("plain", "import json"),
    )
    plain = Environment("plain", None, folder / "environment", ("_config.yml", 1))
    overheads(environments.get(name, plain), framework_import)
    scheduling()
    nothing_changed(book)


def has_torch(environment: Environment) -> bool:
    """Say whether an environment is there and has PyTorch."""
    return environment.is_ready() and "torch" in environment.versions()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve())
