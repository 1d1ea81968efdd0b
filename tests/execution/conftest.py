"""A framework called alpha, whose notebooks run in the Python of the tests."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from resources import without_test_name

from polybook.book import load_book
from polybook.book.needs import Needs
from polybook.execution import (
    Environment,
    Job,
    Key,
    Keys,
    Part,
    Place,
    Record,
    Result,
    Store,
    WarmKernels,
    run,
)
from polybook.execution.jobs import jobs
from polybook.execution.kernel import kernel_environ


@pytest.fixture(scope="session")
def alpha(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    folder = tmp_path_factory.mktemp("environments") / "alpha"
    return Environment("alpha", None, folder, declared=("_config.yml", 7))


@pytest.fixture(scope="session")
def make_notebook() -> Callable[..., NotebookNode]:
    """Make a notebook from sources; the cells begin at lines 10, 20, 30 ... of the chapter."""

    def make(*sources: str, tags: dict[int, list[str]] | None = None) -> NotebookNode:
        cells = [new_markdown_cell("Prose.", id="prose")]
        for number, source in enumerate(sources, start=1):
            lines = [10 * number + offset for offset in range(len(source.splitlines()))]
            metadata = {"polybook": {"lines": lines}}
            if tags and number in tags:
                metadata["tags"] = tags[number]
            cells.append(new_code_cell(source, id=f"cell-{number}", metadata=metadata))
        return new_notebook(cells=cells)

    return make


@pytest.fixture(scope="session")
def make_job(make_notebook: Callable[..., NotebookNode]) -> Callable[..., Job]:
    """Make a job from sources; its key holds each of them as a part."""

    def make(
        *sources: str,
        page: str = "chapters/basics/numbers.md",
        framework: str = "alpha",
        tags: dict[int, list[str]] | None = None,
        **needs: object,
    ) -> Job:
        parts = tuple(
            Part("cell", str(number), source) for number, source in enumerate(sources, start=1)
        )
        notebook = make_notebook(*sources, tags=tags)
        return Job(page, framework, Key(parts), notebook, Needs(**needs))

    return make


@pytest.fixture(scope="session")
def make_record() -> Callable[..., Record]:
    """Make the record of a job that took ``seconds``."""

    def make(job: Job, seconds: float = 1.0, peak_memory: int = 1_000_000) -> Record:
        return Record(
            page=job.page,
            framework=job.framework,
            key=job.key,
            seconds=seconds,
            peak_memory=peak_memory,
            versions={"ipykernel": "7.0"},
            python="3.11.0",
        )

    return make


@pytest.fixture(scope="session")
def kernels(
    alpha: Environment, library: Path, make_job: Callable[..., Job]
) -> Iterator[WarmKernels]:
    """The fork server that serves any notebook, for it imports nothing beforehand."""
    plain = make_job("1")
    with WarmKernels({}) as kernels, without_test_name():
        kernels.expect([plain, plain], report=lambda event: None)
        environ = kernel_environ(
            os.environ, python=alpha.python, library=library, folder=Path("any")
        )
        assert kernels.address(plain, alpha, environ, threading.Event())
        yield kernels


@pytest.fixture(scope="session")
def fill_store(make_record: Callable[..., Record]) -> Callable[[Path, Store], list[Job]]:
    """Put all notebooks of the book in a folder into a store, as if they had run."""

    def fill(folder: Path, store: Store) -> list[Job]:
        book = load_book(folder)
        made = jobs(book, Keys.of(book))
        for job in made:
            store.put(job.notebook, make_record(job))
        return made

    return fill


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the module ``shelf``, as the book's library would stand there."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "shelf.py").write_text("answer = 42\n")
    return folder


@pytest.fixture(scope="module", params=["cold", "warm"])
def warm(request: pytest.FixtureRequest) -> WarmKernels | None:
    """Run a test with a new process for each kernel, and with forked ones."""
    return request.getfixturevalue("kernels") if request.param == "warm" else None


@pytest.fixture
def execute(
    make_job: Callable[..., Job],
    alpha: Environment,
    library: Path,
    tmp_path: Path,
    warm: WarmKernels | None,
) -> Callable[..., Result]:
    """Run a notebook of the sources, and return what comes of it."""

    def execute(*sources: str, report=lambda event: None, stop=None, **options) -> Result:
        place = Place(environment=alpha, library=library, work=tmp_path, warm=warm)
        with without_test_name():
            return run(make_job(*sources, **options), place, report=report, stop=stop)

    return execute
