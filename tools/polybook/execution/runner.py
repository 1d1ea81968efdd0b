"""Running one notebook to its end, or to an error on a line of the chapter."""

from __future__ import annotations

import copy
import itertools
import os
import re
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import attrs
from nbformat import NotebookNode

from polybook.execution.environments import Environment
from polybook.execution.event import CellStarted, Event, Started
from polybook.execution.failure import Failure
from polybook.execution.key import Key
from polybook.execution.store import Record
from polybook.execution.watch import Watch

_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
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
        timeout: Most seconds from the kernel's start to the end of the last
            cell; None for no limit.
    """

    page: str
    framework: str
    key: Key
    notebook: NotebookNode
    timeout: float | None = None


@attrs.frozen
class Success:
    """An executed notebook and how it came about: what the store keeps."""

    notebook: NotebookNode
    record: Record


Result: TypeAlias = Success | Failure


class StoppedError(Exception):
    """The notebook was stopped on request; it neither succeeded nor failed."""


def run(
    job: Job,
    *,
    environment: Environment,
    library: Path,
    work: Path,
    report: Callable[[Event], None],
    stop: threading.Event | None = None,
) -> Result:
    """Execute ``job`` in a kernel of its own.

    Args:
        job: The notebook; it is not changed.
        environment: The Python to run it with, ready.
        library: Folder on the kernel's ``PYTHONPATH``.
        work: Empty folder for this run alone; all that is written goes there.
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
        report(CellStarted(job.page, job.framework, len(begun), len(cells)))

    # Papermill takes a third of a second to import; a build with nothing to run need not.
    from nbclient.exceptions import CellTimeoutError
    from papermill.exceptions import PapermillExecutionError
    from papermill.execute import execute_notebook

    from polybook.execution.kernel import ENGINE, Session, kernel_environ

    start = time.monotonic()
    work, library = work.absolute(), library.absolute()
    session = Session(
        folder=work,
        environ=kernel_environ(os.environ, python=environment.python, library=library, folder=work),
        on_cell=on_cell,
        on_cell_end=lambda: watch.measure(),
    )
    session.desk.mkdir()
    environment.write_kernel_spec(work)
    complaint = ""
    with Watch(session.pid, limit=job.timeout, stop=stop or threading.Event()) as watch:
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

    if session.notebook is None:
        if watch.verdict == "stopped":
            raise StoppedError
        line = _line(job, begun[-1] if begun else next(iter(cells), None))
        if watch.verdict == "time-limit":
            text = f"the notebook ran longer than {job.timeout:g} s"
            return Failure(job.page, job.framework, line, "TimeLimit", text, code="time-limit")
        return Failure(
            page=job.page,
            framework=job.framework,
            line=line,
            ename="DeadKernel",
            evalue=_end(session.exit_status()) or complaint,
            traceback=_last_lines(session.output),
            code="kernel-died",
        )
    raised = _raised(job, session.notebook)
    if raised:
        return raised
    record = Record(
        page=job.page,
        framework=job.framework,
        key=job.key,
        seconds=round(time.monotonic() - start, 3),
        peak_memory=watch.peak_memory,
        versions=environment.versions(),
        python=session.notebook.metadata.language_info.version,
    )
    return Success(_with_outputs(job.notebook, session.notebook), record)


def _raised(job: Job, executed: NotebookNode) -> Failure | None:
    """Return the failure of the cell that stopped the notebook, if one did."""
    for index, cell in enumerate(executed.cells):
        if cell.metadata.papermill.get("exception"):
            error = next((o for o in reversed(cell.outputs) if o.output_type == "error"), None)
            if error is None:
                return Failure(job.page, job.framework, _line(job, index), "Error", "")
            traceback = _ANSI.sub("", "\n".join(error.traceback))
            return Failure(
                page=job.page,
                framework=job.framework,
                line=_line(job, index, _line_in_cell(traceback, cell.execution_count)),
                ename=error.ename,
                evalue=_ANSI.sub("", error.evalue),
                traceback=traceback,
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


def _last_lines(file: Path) -> str:
    if not file.exists():
        return ""
    text = _ANSI.sub("", file.read_text(encoding="utf-8", errors="replace"))
    return "\n".join(text.strip().splitlines()[-_LAST_LINES:])


def _with_outputs(given: NotebookNode, executed: NotebookNode) -> NotebookNode:
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
            cell.outputs = _joined(source.outputs)
            cell.execution_count = source.execution_count
            cell.metadata.get("polybook", {}).pop("lines", None)
    return notebook


def _joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join neighbouring texts, standard output first.

    How a kernel cuts what it prints into messages is a matter of timing.
    """
    joined: list[NotebookNode] = []
    for is_text, group in itertools.groupby(outputs, lambda o: o.output_type == "stream"):
        if not is_text:
            joined += group
            continue
        texts: dict[str, NotebookNode] = {}
        for output in group:
            if output.name in texts:
                texts[output.name].text += output.text
            else:
                texts[output.name] = output
        joined += sorted(texts.values(), key=lambda output: output.name, reverse=True)
    return joined
