"""Running one notebook to its end, or to an error on a line of the chapter."""

from __future__ import annotations

import copy
import os
import re
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import attrs
from nbformat import NotebookNode

from polybook.book.needs import NO_NEEDS, Needs
from polybook.execution import hygiene
from polybook.execution.environments import Environment
from polybook.execution.event import CellStarted, Event, Started
from polybook.execution.failure import Code, Failure
from polybook.execution.key import Key
from polybook.execution.limits import exceeded
from polybook.execution.processes import MARK, new_mark
from polybook.execution.record import Record
from polybook.execution.warm import WarmKernels
from polybook.execution.warning_policy import kernel_arguments
from polybook.execution.watch import Watch

if TYPE_CHECKING:
    from polybook.execution.kernel import Session

_FRAME = re.compile(r"(?:Cell|Input) In ?\[(\d+)\], (?:line |in <cell line: )(\d+)")
_LAST_LINES = 20


@attrs.frozen
class Job:
    """One notebook to execute.

    Attributes:
        page: The chapter's file, relative to the book's folder.
        framework: Name of the framework whose notebook it is.
        key: What its outputs depend on.
        notebook: The notebook without outputs. ``metadata.polybook.lines`` of
            a code cell holds the chapter's line, from 1, of each of its lines.
        needs: What it may use.
    """

    page: str
    framework: str
    key: Key
    notebook: NotebookNode
    needs: Needs = NO_NEEDS


@attrs.frozen
class Success:
    """An executed notebook and how it came about: what the store keeps."""

    notebook: NotebookNode
    record: Record


Result: TypeAlias = Success | Failure


class StoppedError(Exception):
    """The notebook was stopped on request; it neither succeeded nor failed."""


@attrs.frozen
class Place:
    """Where and with what a notebook runs.

    Attributes:
        environment: The Python to run it with, ready.
        library: Folder on the kernel's ``PYTHONPATH``.
        work: Empty folder for this run alone; all that is written goes there.
        data: Folder with the declared data, as they lie in the book; None for none.
        environ: Variables that the kernel gets besides the usual ones.
        warm: Forks the kernel, if it can; None to start a new process.
        mark: Beginning of the mark that the run's processes bear.
        host: Kind of machine, for the record.
    """

    environment: Environment
    library: Path
    work: Path
    data: Path | None = None
    environ: Mapping[str, str] = {}
    warm: WarmKernels | None = None
    mark: str = ""
    host: str = ""


def run(
    job: Job,
    place: Place,
    *,
    report: Callable[[Event], None],
    stop: threading.Event | None = None,
) -> Result:
    """Execute ``job`` in a kernel of its own.

    Args:
        job: The notebook; it is not changed.
        place: Where and with what.
        report: Told that the notebook and each of its cells starts.
        stop: When set, the kernel is killed within a tenth of a second.

    Returns:
        The notebook with its outputs, or why there is none.

    Raises:
        StoppedError: ``stop`` was set before the last cell ended.
    """
    cells = [
        index
        for index, cell in enumerate(job.notebook.cells)
        if cell.cell_type == "code" and cell.source.strip()
    ]
    report(Started(job.page, job.framework, len(cells)))
    begun: list[int] = []

    def on_cell(index: int) -> None:
        begun.append(index)
        watch.cell_begins()
        report(CellStarted(job.page, job.framework, len(begun), len(cells)))

    # Papermill takes a third of a second to import; a build with nothing to run need not.
    from nbclient.exceptions import CellTimeoutError
    from papermill.exceptions import PapermillExecutionError
    from papermill.execute import execute_notebook

    from polybook.execution.kernel import ENGINE, Session, kernel_environ

    work, environment = place.work.absolute(), place.environment
    stop = stop or threading.Event()
    environ = {
        **kernel_environ(
            os.environ, python=environment.python, library=place.library.absolute(), folder=work
        ),
        **dict(environment.variables),
        **place.environ,
    }
    fork_server = None
    if place.warm:
        # Not of this notebook's time: the others use the same imports.
        fork_server = place.warm.address(job, environment, {**environ, MARK: place.mark}, stop)
    if stop.is_set():
        raise StoppedError
    start = time.monotonic()
    mark = place.mark + new_mark()
    session = Session(
        folder=work,
        desk=work / "book" / Path(job.page).parent,
        environ={**environ, MARK: mark},
        on_cell=on_cell,
        on_cell_end=lambda: watch.cell_ended(),
        arguments=kernel_arguments(job.needs.warnings),
    )
    session.lay_desk(place.data)
    environment.write_kernel_spec(work, fork_server)
    complaint = ""
    with Watch(session.pid, needs=job.needs, mark=mark, stop=stop) as watch:
        try:
            # No cwd here: papermill would change that of this whole process.
            execute_notebook(
                job.notebook,
                None,
                engine_name=ENGINE,
                kernel_name=environment.kernel_name,
                progress_bar=False,
                session=session,
            )
        except PapermillExecutionError:
            # It also counts an exception that a cell declares; the cells know better.
            pass
        except (RuntimeError, CellTimeoutError) as error:
            complaint = str(error)

    executed = session.notebook
    index = begun[-1] if begun else next(iter(cells), None)
    verdict = watch.verdict
    if not verdict and job.needs.memory and watch.peak_memory > job.needs.memory:
        verdict = "memory-limit"  # It went up and ended between two looks.
    if verdict == "stopped" and executed is None:
        raise StoppedError
    folders = _folders(place)
    output = _last_output(session, index, folders)
    if verdict and verdict != "stopped":
        return exceeded(job.page, job.framework, _line(job, index), verdict, job.needs, output)
    if executed is None:
        return Failure(
            page=job.page,
            framework=job.framework,
            line=_line(job, index),
            ename="DeadKernel",
            evalue=_end(session.exit_status()) or complaint,
            traceback=output,
            code="kernel-died",
        )
    raised = _raised(job, executed, folders)
    if raised:
        return raised
    record = Record(
        page=job.page,
        framework=job.framework,
        key=job.key,
        seconds=round(time.monotonic() - start, 3),
        peak_memory=watch.peak_memory,
        versions=environment.versions(),
        python=executed.metadata.language_info.version,
        host=place.host,
    )
    return Success(_with_outputs(job.notebook, executed, folders), record)


def _folders(place: Place) -> list[tuple[str, str]]:
    """Return the folders of this machine that outputs may name, the innermost first."""
    named = {
        str(place.library.absolute()): "library",
        str(place.work.absolute() / "book"): "book",
        str(place.work.absolute()): "work",
        str(Path(sys.base_prefix)): "python",
        tempfile.gettempdir(): "temp",
        str(Path.home()): "~",
    }
    python = place.environment.python
    if python.parent.name == "bin":
        named[str(python.parent.parent)] = "environment"
    # What is shorter than a word could stand in any text.
    found = [(path, name) for path, name in named.items() if len(path) > 3]
    return sorted(found, key=lambda each: len(each[0]), reverse=True)


def _raised(job: Job, executed: NotebookNode, folders: list[tuple[str, str]]) -> Failure | None:
    """Return the failure of the cell that stopped the notebook, if one did."""
    for index, cell in enumerate(executed.cells):
        if cell.metadata.papermill.get("exception"):
            error = next((o for o in reversed(cell.outputs) if o.output_type == "error"), None)
            if error is None:
                return Failure(job.page, job.framework, _line(job, index), "Error", "")
            traceback = hygiene.ANSI.sub("", "\n".join(error.traceback))
            code: Code = "cell-raised"
            if job.needs.warnings == "error" and error.ename.endswith("Warning"):
                code = "cell-warned"
            return Failure(
                page=job.page,
                framework=job.framework,
                line=_line(job, index, _line_in_cell(traceback, cell.execution_count)),
                ename=error.ename,
                evalue=hygiene.ANSI.sub("", error.evalue),
                traceback=hygiene.neutral(traceback, folders),
                code=code,
            )
    return None


def _line_in_cell(traceback: str, execution_count: int) -> int:
    """Return the innermost line of the cell that a traceback names, from 1."""
    frames = [line for count, line in _FRAME.findall(traceback) if int(count) == execution_count]
    return int(frames[-1]) if frames else 1


def _line(job: Job, index: int | None, line_in_cell: int = 1) -> int:
    """Return the chapter's line of a line of a cell."""
    lines = [] if index is None else job.notebook.cells[index].metadata.polybook.lines
    return lines[min(line_in_cell, len(lines)) - 1] if lines else 1


def _end(status: int | None) -> str:
    if status is None:
        return ""
    if status < 0:
        return f"the kernel was killed by {signal.Signals(-status).name}"
    return f"the kernel exited with status {status}"


def _last_output(session: Session, index: int | None, folders: list[tuple[str, str]]) -> str:
    """Return the last lines that the running cell printed, then those of the kernel's process."""
    texts = []
    # Into the unfinished one papermill inserts cells when a cell has raised.
    notebook = session.unfinished if session.notebook is None else session.notebook
    if notebook is not None and index is not None:
        cell = notebook.cells[index]
        texts += [output.text for output in cell.outputs if output.output_type == "stream"]
    if session.output.exists():
        texts.append(session.output.read_text(encoding="utf-8", errors="replace"))
    text = hygiene.neutral(hygiene.ANSI.sub("", "\n".join(texts)), folders)
    return "\n".join(text.strip().splitlines()[-_LAST_LINES:])


def _with_outputs(
    given: NotebookNode, executed: NotebookNode, folders: list[tuple[str, str]]
) -> NotebookNode:
    """Return the given notebook with the outputs of the executed one and no more.

    Papermill's clocks stay behind, and so do the chapter's lines: prose that
    is added above a cell moves them without making the outputs stale.
    """
    notebook = copy.deepcopy(given)
    for name in ("language_info", "widgets"):
        if name in executed.metadata:
            notebook.metadata[name] = executed.metadata[name]
    for cell, source in zip(notebook.cells, executed.cells, strict=True):
        if cell.cell_type == "code":
            cell.outputs = hygiene.tidied(source.outputs, folders)
            cell.execution_count = source.execution_count
            cell.metadata.get("polybook", {}).pop("lines", None)
    return notebook
