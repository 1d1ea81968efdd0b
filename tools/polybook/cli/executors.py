"""Where notebooks run, as the words of a command line say it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import attrs
import typer

from polybook.book import Book
from polybook.cli.options import ExecutorName
from polybook.execution.executor import Executor
from polybook.execution.jobs import stage_libraries
from polybook.execution.keys import Keys
from polybook.execution.local import LocalExecutor
from polybook.execution.machine import this_machine
from polybook.execution.run_folder import run_folder
from polybook.execution.warm import WarmKernels


@attrs.frozen
class Where:
    """The options that choose where notebooks run.

    Attributes:
        executor: This machine or a cluster.
        scheduler: Address of the cluster's scheduler; None for the one of Dask's own settings.
        cores: How many cores of this machine notebooks use together; None for all.
        warm: Whether kernels of this machine are forked.
    """

    executor: ExecutorName = ExecutorName.local
    scheduler: str | None = None
    cores: int | None = None
    warm: bool = True

    def __attrs_post_init__(self) -> None:
        if self.scheduler and self.executor is not ExecutorName.dask:
            raise typer.BadParameter("it goes with `--executor dask`", param_hint="--scheduler")
        if self.cores and self.executor is ExecutorName.dask:
            raise typer.BadParameter("a Dask worker itself says how many", param_hint="--jobs")

    def kernels(self, book: Book, keys: Keys) -> WarmKernels | nullcontext[None]:
        """Return what forks kernels, to be used as a context manager; None inside if nothing does.

        Workers of a cluster start each kernel anew.
        """
        if self.executor is ExecutorName.dask:
            return nullcontext()
        forkable = {one.name for one in book.config.frameworks if one.warm and self.warm}
        return WarmKernels(keys.libraries, frameworks=forkable)


@contextmanager
def open_executor(
    book: Book, keys: Keys, where: Where, warm: WarmKernels | None = None
) -> Iterator[Executor]:
    """Yield the place where notebooks run; its folder is gone afterwards.

    Raises:
        ExecutionError: The cluster cannot be reached.
    """
    with run_folder(book.build) as scratch:
        library = scratch / "library"
        stage_libraries(book, keys.libraries, library)
        if where.executor is ExecutorName.dask:
            # It takes a while to import, which nobody else waits for.
            from polybook.execution.cluster import ClusterExecutor, connect

            with connect(where.scheduler) as client:
                yield ClusterExecutor(client, book.folder, keys.environments, library)
            return
        yield LocalExecutor(
            book=book.folder,
            environments=keys.environments,
            library=library,
            scratch=scratch / "work",
            machine=this_machine(),
            cores=where.cores,
            warm=warm,
        )
