"""What makes a Dask worker one that runs notebooks: ``--preload polybook.execution.worker``.

A worker shares no files with whoever builds the book. Notebook, library and data come to it as
bytes, and the executed notebook goes back the same way; the environment of a framework it makes
itself, when the first notebook needs it, from the requirements that come along. Environments
outlast the worker: they lie in the folder that ``POLYBOOK_ENVIRONMENTS`` names, laid out like
``_build/environments`` of a book, or else in the user's cache.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import attrs
import platformdirs
from distributed import Worker, WorkerPlugin, get_worker

from polybook.book.variables import Variables
from polybook.execution.environments import Environment
from polybook.execution.event import Event
from polybook.execution.failure import ExecutionError, Failure
from polybook.execution.key import RUNNER_VERSION, digest
from polybook.execution.local import run_aside
from polybook.execution.machine import Machine, this_machine
from polybook.execution.processes import Guard
from polybook.execution.requirements import write_requirements
from polybook.execution.runner import Job, Place, Result, StoppedError
from polybook.execution.slots import Share, Slots
from polybook.source.diagnostic import Diagnostic

PLUGIN = "polybook"
"""Name of the plugin of a worker that runs notebooks."""

ENVIRONMENTS_VARIABLE = "POLYBOOK_ENVIRONMENTS"

_TICK = 0.1
"""Seconds between two looks at the wish to stop, while a notebook waits for room."""


def resources(cores: float, memory: float, accelerators: float) -> dict[str, float]:
    """Return what a worker offers, or a notebook takes, under the names that Dask compares.

    They hold the runner's version: another one's workers are none of ours.
    """
    prefix = f"polybook-{RUNNER_VERSION}"
    found = {"cores": cores, "memory": memory, "accelerators": accelerators}
    return {f"{prefix}-{name}": amount for name, amount in found.items()}


@attrs.frozen
class Recipe:
    """What an environment is made from, for a machine that has no such file.

    Attributes:
        framework: Name of the framework.
        lines: What its requirements ask of pip; None for the Python that runs polybook.
        digest: Digest of the environment, which is part of the notebooks' keys.
        declared: Path and line in the book's configuration that names it.
        variables: Environment variables that its kernels get.
    """

    framework: str
    lines: tuple[str, ...] | None
    digest: str
    declared: tuple[str, int]
    variables: Variables

    @classmethod
    def of(cls, environment: Environment) -> Recipe:
        """Return the recipe of ``environment``, which need not exist."""
        lines = tuple(environment.lines()) if environment.requirements else None
        return cls(
            environment.framework,
            lines,
            environment.digest,
            environment.declared,
            environment.variables,
        )


class Site(WorkerPlugin):
    """A worker's machine: what it offers, the files of its own, and the kernels that run there."""

    machine: Machine

    def setup(self, worker: Worker) -> None:
        """Say what the worker offers: its threads, its memory limit, the accelerators it sees.

        ``dask worker --resources "cores=2,memory=8e9,accelerators=0"`` says otherwise.
        """
        here, said = this_machine(), worker.state.total_resources
        self.machine = attrs.evolve(
            here,
            cores=int(said.get("cores", worker.state.nthreads)),
            memory=int(said.get("memory", worker.memory_manager.memory_limit or here.memory)),
            accelerators=here.accelerators[: int(said.get("accelerators", len(here.accelerators)))],
        )
        self._slots, self._room = Slots(self.machine), threading.Condition()
        whole = self._slots.whole
        offered = resources(whole.cores, whole.memory, len(whole.devices))
        worker.state.total_resources.update(offered)
        worker.state.available_resources.update(offered)
        self.address = worker.contact_address or worker.address
        self._folder = Path(worker.local_directory) / "polybook"
        self._making = threading.Lock()
        self._unfit: dict[tuple[str, str], ExecutionError] = {}
        self._stops: dict[object, threading.Event] = {}
        self._guard = Guard().__enter__()

    def teardown(self, worker: Worker) -> None:
        """End all kernels."""
        for stop in list(self._stops.values()):
            stop.set()
        self._guard.__exit__(None, None, None)

    def transition(self, key: object, start: str, finish: str, **ignored: object) -> None:
        """Take note of a task that starts, ends or is no longer wanted; called by Dask."""
        if finish == "executing":
            self._stops[key] = threading.Event()
        elif finish in ("memory", "error", "rescheduled"):
            self._stops.pop(key, None)
        elif start == "executing" and key in self._stops:
            # Dask lets it run to its end, whose result it then throws away.
            self._stops.pop(key).set()

    def stop_of(self, key: object) -> threading.Event:
        """Return what is set when the task that runs under ``key`` shall end."""
        return self._stops.get(key) or _set_event()

    def environment(self, recipe: Recipe, run: str) -> Environment:
        """Return the environment of a framework, made here if it is not there.

        What cannot be made is not tried again in the same run.

        Raises:
            ExecutionError: It cannot be made, or is not the one that the notebooks' keys name.
        """
        with self._making:
            if known := self._unfit.get((run, recipe.digest)):
                raise known
            try:
                return self._environment(recipe)
            except ExecutionError as error:
                self._unfit[run, recipe.digest] = error
                raise

    def work(self) -> Path:
        """Return the folder in which each run gets one of its own."""
        folder = self._folder / "work"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def library(self, files: Mapping[str, bytes]) -> Path:
        """Return a folder with the library; equal ones are written once."""
        name = digest(repr(sorted(files.items())))
        folder = self._folder / "library" / name
        with self._making:
            if not folder.exists():
                aside = self._folder / "library" / f".{name}"
                write_files(files, aside)
                aside.rename(folder)
        return folder

    def run(
        self,
        job: Job,
        place: Place,
        data: Mapping[str, bytes],
        held_before: int | None,
        *,
        report: Callable[[Event], None],
        stop: threading.Event,
    ) -> Result:
        """Run a notebook as soon as there is room for it; see :func:`run_notebook`."""
        share = self._take(job, held_before, stop)
        try:
            place = attrs.evolve(
                place,
                environ=self._slots.environ(job.needs, share),
                mark=self._guard.mark,
                host=self.machine.description,
            )
            stage = partial(write_files, data, mode=0o444)
            return run_aside(job, place, stage, report=report, stop=stop)
        finally:
            with self._room:
                self._slots.give_back(share)
                self._room.notify_all()

    def _take(self, job: Job, held_before: int | None, stop: threading.Event) -> Share:
        with self._room:
            # Dask counts, and so there is room; which device has it is known only here.
            while (share := self._slots.take(job.needs, held_before)) is None:
                if stop.is_set():
                    raise StoppedError
                self._room.wait(_TICK)
        return share

    def _environment(self, recipe: Recipe) -> Environment:
        named = os.environ.get(ENVIRONMENTS_VARIABLE)
        root = Path(named) if named else platformdirs.user_cache_path("polybook") / "environments"
        requirements = None
        if recipe.lines is not None:
            asked = self._folder / "requirements" / recipe.digest
            requirements = write_requirements(list(recipe.lines), asked)
        environment = Environment(
            recipe.framework,
            requirements,
            root / recipe.framework,
            recipe.declared,
            recipe.variables,
        )
        if environment.digest != recipe.digest:
            path, line = recipe.declared
            message = "its Python, or polybook's own ipykernel, has another version"
            raise ExecutionError(Diagnostic(path, line, 1, "unfit-worker", message))
        environment.create(keep_others=True)
        return environment


def run_notebook(
    job: Job,
    recipe: Recipe,
    library: Mapping[str, bytes],
    data: Mapping[str, bytes],
    held_before: int | None,
    run: str,
) -> Result:
    """Execute a notebook on the worker that calls this, as a task of Dask.

    Args:
        job: The notebook.
        recipe: The environment of its framework.
        library: Files of the folder that is to be on the kernel's ``PYTHONPATH``.
        data: The declared data files, by their place in the book.
        held_before: Most bytes of memory that it held when it last ran, if it did.
        run: Topic of Dask's events under which its cells are announced.
    """
    worker = get_worker()
    site: Site = worker.plugins[PLUGIN]

    def report(event: Event) -> None:
        worker.log_event(run, [type(event).__name__, *attrs.astuple(event)])

    stop = site.stop_of(worker.get_current_task())
    try:
        environment = site.environment(recipe, run)
        place = Place(environment, site.library(library), site.work())
    except (ExecutionError, OSError) as error:
        return _unfit(job, site, error)
    return site.run(job, place, data, held_before, report=report, stop=stop)


def offered(dask_worker: Worker) -> Machine:
    """Return what a worker offers; for ``Client.run``."""
    return dask_worker.plugins[PLUGIN].machine


def write_files(files: Mapping[str, bytes], folder: Path, mode: int = 0o644) -> None:
    """Write ``files`` to their places below ``folder``.

    Raises:
        OSError: One cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        target.chmod(mode)


async def dask_setup(worker: Worker) -> None:
    """Make ``worker`` one that runs notebooks; Dask calls this before the scheduler knows it."""
    answer = await worker.plugin_add(Site(), name=PLUGIN)
    if answer["status"] != "OK":
        raise RuntimeError("polybook cannot prepare this worker; the reason is logged above")


def _unfit(job: Job, site: Site, error: ExecutionError | OSError) -> Failure:
    message, details = str(error), ""
    if isinstance(error, ExecutionError):
        message, details = error.diagnostics[0].message, error.diagnostics[0].suggestion
    return Failure(
        page=job.page,
        framework=job.framework,
        line=1,
        ename="UnfitWorker",
        evalue=f"the worker {site.address} cannot run it: {message}",
        traceback=details,
        code="unfit-worker",
    )


def _set_event() -> threading.Event:
    event = threading.Event()
    event.set()
    return event
