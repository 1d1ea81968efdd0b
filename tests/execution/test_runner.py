"""Notebooks run in real kernels of the Python that runs the tests."""

from __future__ import annotations

import copy
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import psutil
import pytest
from resources import without_test_name

from polybook.execution import (
    CellStarted,
    Environment,
    Event,
    Failure,
    Job,
    Place,
    Result,
    Started,
    StoppedError,
    Success,
    run,
)
from polybook.execution.data import stage_data
from polybook.execution.kernel import kernel_environ
from polybook.execution.runner import _line_in_cell

Run = Callable[..., Result]


def is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture(autouse=True)
def no_process_is_left() -> Iterator[None]:
    before = set(psutil.Process().children(recursive=True))
    yield
    after = set(psutil.Process().children(recursive=True)) - before
    assert not [process for process in after if is_running(process.pid)]


TOUR = [
    "import os, sys\nfrom shelf import answer\nanswer",
    "for name in ('PYTHONHASHSEED', 'SOURCE_DATE_EPOCH'):\n    print(os.environ[name])",
    "print('err', file=sys.stderr, flush=True)\nprint('out', flush=True)",
    "open('mine.txt', 'w').write(str(os.listdir()))\nos.getcwd()",
    "1 / 0",
    "hash('always the same')",
    # A child that leaves the kernel's process group, as a daemon would, and holds 200 MB.
    "from subprocess import PIPE, Popen\n"
    "program = 'import time; held = b\"x\" * 200_000_000; print(flush=True); time.sleep(300)'\n"
    "child = Popen([sys.executable, '-c', program], stdout=PIPE, start_new_session=True)\n"
    "child.stdout.readline()\n"
    "open('child', 'w').write(str(child.pid)) and None",
]


class Ran:
    """One notebook that does a bit of everything, run once for many tests."""

    def __init__(
        self, make_job: Callable[..., Job], environment, library, work: Path, warm=None
    ) -> None:
        self.work = work
        self.desk = work / "book" / "chapters" / "basics"
        self.job = make_job(*TOUR, tags={5: ["raises-exception"]})
        self.given = copy.deepcopy(self.job.notebook)
        self.events: list[Event] = []
        place = Place(
            environment=environment, library=library, work=work, warm=warm, host="Linux test"
        )
        with without_test_name():
            result = run(self.job, place, report=self.events.append)
        assert isinstance(result, Success), result
        self.notebook, self.record = result.notebook, result.record

    def outputs(self, cell: int) -> list:
        return self.notebook.cells[cell].outputs


@pytest.fixture(scope="module")
def tour(make_job, alpha, library, tmp_path_factory, warm) -> Ran:
    return Ran(make_job, alpha, library, tmp_path_factory.mktemp("tour"), warm)


def test_the_library_can_be_imported(tour: Ran) -> None:
    (output,) = tour.outputs(1)
    assert output.data["text/plain"] == "42"
    assert [cell.execution_count for cell in tour.notebook.cells[1:]] == [1, 2, 3, 4, 5, 6, 7]


def test_the_surroundings_are_pinned(tour: Ran) -> None:
    (output,) = tour.outputs(2)
    assert output.text == "0\n0\n"


def test_printed_text_does_not_depend_on_the_order_of_its_messages(tour: Ran) -> None:
    out, err = tour.outputs(3)
    assert (out.name, out.text) == ("stdout", "out\n")
    assert (err.name, err.text) == ("stderr", "err\n")


def test_the_kernel_works_in_a_fresh_folder_of_its_own(tour: Ran) -> None:
    assert (tour.desk / "mine.txt").read_text() == "['mine.txt']"
    # It lies where the chapter lies in the book, and readers need not know more.
    assert tour.outputs(4)[0].data["text/plain"] == "'book/chapters/basics'"
    assert Path.cwd() != tour.desk


def test_a_cell_may_raise_where_it_says_so(tour: Ran) -> None:
    (output,) = tour.outputs(5)
    assert output.ename == "ZeroDivisionError"
    assert tour.outputs(6)


def test_the_notebook_is_the_given_one_with_outputs_and_no_clocks(tour: Ran) -> None:
    assert tour.job.notebook == tour.given
    assert [cell.source for cell in tour.notebook.cells] == [
        cell.source for cell in tour.given.cells
    ]
    assert set(tour.notebook.metadata) == {"language_info"}
    assert [dict(cell.metadata) for cell in tour.notebook.cells] == [
        {},
        {"polybook": {}},
        {"polybook": {}},
        {"polybook": {}},
        {"polybook": {}},
        {"polybook": {}, "tags": ["raises-exception"]},
        {"polybook": {}},
        {"polybook": {}},
    ]


def test_the_record_says_how_it_came_about(tour: Ran) -> None:
    record = tour.record
    assert (record.page, record.framework, record.key) == (
        tour.job.page,
        "alpha",
        tour.job.key,
    )
    assert 0 < record.seconds < 60
    # A kernel alone holds some 50 MB, the child of the last cell 200 MB more.
    assert 220e6 < record.peak_memory < 2e9
    assert record.python.startswith("3.")
    assert list(record.versions) == ["ipykernel"]


def test_no_child_of_the_kernel_is_left(tour: Ran) -> None:
    assert not is_running(int((tour.desk / "child").read_text()))


def test_each_cell_is_announced(tour: Ran) -> None:
    page = tour.job.page
    assert tour.events == [
        Started(page, "alpha", 7),
        *[CellStarted(page, "alpha", cell, 7) for cell in range(1, 8)],
    ]


def test_another_run_gives_the_same_notebook(
    tour: Ran, make_job: Callable[..., Job], alpha, library, tmp_path_factory
) -> None:
    again = Ran(make_job, alpha, library, tmp_path_factory.mktemp("again"))
    assert again.notebook == tour.notebook


@pytest.mark.parametrize(
    ("source", "line", "ename"),
    [
        ("1 + 1\n\nhalf = 1 / 0", 22, "ZeroDivisionError"),
        ("def half():\n    return 1 / 0\n\nhalf()", 21, "ZeroDivisionError"),
        ("fine = 1\nbroken = = 2", 21, "SyntaxError"),
    ],
)
def test_an_exception_is_reported_on_the_line_of_the_chapter(
    execute: Run, source: str, line: int, ename: str
) -> None:
    failure = execute("1 / 0", source, "never = 'run'", tags={1: ["raises-exception"]})
    assert isinstance(failure, Failure)
    assert (failure.page, failure.framework) == ("chapters/basics/numbers.md", "alpha")
    assert (failure.line, failure.ename) == (line, ename)
    assert ename in failure.traceback
    assert "\x1b" not in failure.traceback
    assert str(failure.diagnostic).startswith(
        f"chapters/basics/numbers.md:{line}:1: error: {ename}"
    )


def test_an_exception_in_an_earlier_cells_function_is_reported_where_it_is_called() -> None:
    traceback = "Cell In[7], line 3\n...\nCell In[2], line 9, in half()\nZeroDivisionError"
    assert _line_in_cell(traceback, execution_count=7) == 3


def test_a_kernel_needs_no_port_that_another_process_may_take(execute: Run) -> None:
    source = "import ipykernel\nipykernel.get_connection_info(unpack=True)['transport']"
    result = execute(source)
    assert isinstance(result, Success), result
    assert result.notebook.cells[1].outputs[0].data["text/plain"] == "'ipc'"


def test_a_kernel_starts_in_a_folder_with_a_long_name(
    make_job: Callable[..., Job], alpha: Environment, library: Path, tmp_path: Path
) -> None:
    work = tmp_path / ("long" * 30)
    work.mkdir()
    place = Place(environment=alpha, library=library, work=work)
    result = run(make_job("1"), place, report=lambda event: None)
    assert isinstance(result, Success), result


FIRST_NOTEBOOK = """
import polybook.execution.kernel as kernel
from nbformat.v4 import new_notebook
from papermill.engines import NotebookExecutionManager
from traitlets import traitlets

def resolve(trait, name):
    raise AssertionError(f"{name} is resolved when the first notebook runs")

traitlets.ClassBasedTraitType._resolve_string = resolve
session = kernel.Session(kernel.Path("."), None, {}, on_cell=print, on_cell_end=print)
client = kernel._Client(NotebookExecutionManager(new_notebook()), session, kernel_name="x")
client.create_kernel_manager().client()
"""


def test_two_first_notebooks_may_start_at_once() -> None:
    # traitlets looks classes up at their first use, and fails where two threads do so at once.
    subprocess.run([sys.executable, "-c", FIRST_NOTEBOOK], check=True)


def test_leaving_the_kernel_is_no_success(execute: Run) -> None:
    failure = execute("import sys\nsys.exit(0)")
    # IPython names no line here, so it is that of the cell.
    assert (failure.line, failure.ename) == (10, "SystemExit")


@pytest.mark.parametrize(
    ("death", "says"),
    [
        ("os._exit(3)", "the kernel exited with status 3"),
        ("os.kill(os.getpid(), 9)", "the kernel was killed by SIGKILL"),
    ],
)
def test_a_dead_kernel_is_reported_with_its_cell_and_not_on_the_screen(
    execute: Run,
    death: str,
    says: str,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    failure = execute("import os", f"os.write(2, b'from below')\n{death}")
    assert isinstance(failure, Failure)
    assert (failure.line, failure.code, failure.evalue) == (20, "kernel-died", says)
    assert capfd.readouterr() == ("", "")
    assert all(logging.getLogger(record.name).handlers for record in caplog.records)


def test_no_heartbeat_runs_that_would_wait_for_a_kernel_which_has_died(execute: Run) -> None:
    running: set[str] = set()

    def look(event: Event) -> None:
        running.update(type(thread).__name__ for thread in threading.enumerate())

    execute("1", report=look)
    assert "HBChannel" not in running


def test_a_kernel_that_cannot_start_is_reported(
    execute: Run, monkeypatch: pytest.MonkeyPatch, alpha: Environment
) -> None:
    def write_broken(environment: Environment, *arguments: object) -> None:
        spec = original(environment, *arguments)
        spec.write_text(spec.read_text().replace("ipykernel_launcher", "no_such_module"))

    original = Environment.write_kernel_spec
    monkeypatch.setattr(Environment, "write_kernel_spec", write_broken)
    failure = execute("1 + 1")
    assert isinstance(failure, Failure)
    assert (failure.line, failure.evalue) == (10, "the kernel exited with status 1")
    assert "No module named no_such_module" in failure.traceback


def test_the_first_cell_may_be_the_one_that_fails(execute: Run) -> None:
    failure = execute("1 / 0")
    assert isinstance(failure, Failure)
    assert (failure.line, failure.summary) == (10, "ZeroDivisionError: division by zero")


def test_a_notebook_ends_at_its_time_limit(execute: Run) -> None:
    failure = execute("while True: pass", time=1.0)
    assert isinstance(failure, Failure)
    assert (failure.line, failure.code) == (10, "time-limit")
    assert failure.evalue == "the notebook ran longer than its time, 1 s"


def test_a_cell_ends_at_its_time_limit(execute: Run) -> None:
    failure = execute(
        "import time; time.sleep(0.2)", "print('still here')\nwhile True: pass", cell_time=3.0
    )
    assert isinstance(failure, Failure)
    assert (failure.line, failure.code) == (20, "time-limit")
    assert failure.evalue == "the cell ran longer than its cell_time, 3 s"
    assert failure.traceback == "still here"


def test_a_notebook_ends_at_its_memory_limit(execute: Run) -> None:
    hungry = "held = []\nwhile True:\n    held.append(b'x' * 10_000_000)"
    failure = execute("1 + 1", hungry, memory=300_000_000)
    assert isinstance(failure, Failure)
    assert (failure.line, failure.code) == (20, "memory-limit")
    assert "more than its memory, 0.279 GiB" in failure.evalue
    assert "declare `memory:`" in failure.diagnostic.suggestion


def test_declared_data_lie_where_the_chapter_has_them(
    make_job: Callable[..., Job], alpha: Environment, library: Path, tmp_path: Path
) -> None:
    book, data, work = tmp_path / "mine", tmp_path / "data", tmp_path / "work"
    (book / "chapters" / "tables").mkdir(parents=True)
    (book / "chapters" / "tables" / "houses.csv").write_text("a,b\n1,2\n")
    work.mkdir()
    stage_data(book, ["chapters/tables/houses.csv"], data)
    job = make_job(
        "print(open('../tables/houses.csv').read())", "open('../tables/houses.csv', 'w')"
    )
    result = run(
        job,
        Place(environment=alpha, library=library, work=work, data=data),
        report=lambda event: None,
    )
    # Root may write anywhere; whoever it is, the author's own file stays as it is.
    if isinstance(result, Failure):
        assert result.ename == "PermissionError"
    else:
        assert result.notebook.cells[1].outputs[0].text == "a,b\n1,2\n\n"
    assert (book / "chapters" / "tables" / "houses.csv").read_text() == "a,b\n1,2\n"


def test_a_child_that_hides_does_not_outlive_the_notebook(execute: Run, tmp_path: Path) -> None:
    # It leaves the process group, loses its parent and starts between two looks.
    source = "import subprocess\nsubprocess.run(['sh', '-c', 'setsid sleep 300 & echo $! > pid'])\n"
    assert isinstance(execute(source), Success)
    pid = tmp_path / "book" / "chapters" / "basics" / "pid"
    assert not is_running(int(pid.read_text()))


def test_a_notebook_stops_on_request_with_its_children(execute: Run, tmp_path: Path) -> None:
    source = (
        "import os, subprocess\n"
        "child = subprocess.Popen(['sleep', '300'], start_new_session=True)\n"
        "open('new', 'w').write(str(child.pid))\n"
        "os.rename('new', 'pid')\n"
        "while True: pass"
    )
    stop, pid = threading.Event(), tmp_path / "book" / "chapters" / "basics" / "pid"

    def stop_once_the_child_runs() -> None:
        while not pid.exists():
            stop.wait(0.01)
        stop.set()

    threading.Thread(target=stop_once_the_child_runs, daemon=True).start()
    with pytest.raises(StoppedError):
        execute(source, stop=stop)
    assert not is_running(int(pid.read_text()))


def test_the_kernels_of_a_framework_get_its_variables(
    make_job: Callable[..., Job], alpha: Environment, library: Path, tmp_path: Path
) -> None:
    talkative = attrs.evolve(alpha, variables=(("LIBRARY_LOG_LEVEL", "1"),))
    job = make_job("import os\nos.environ['LIBRARY_LOG_LEVEL']")
    result = run(job, Place(environment=talkative, library=library, work=tmp_path), report=id)
    assert result.notebook.cells[-1].outputs[0].data["text/plain"] == "'1'"


def test_a_persons_own_settings_do_not_reach_the_kernel() -> None:
    inherited = {
        "HOME": "/people/ada",
        "PATH": "/usr/bin",
        "PYTHONPATH": "/people/ada/lib",
        "PYTHONSTARTUP": "/people/ada/start.py",
        "IPYTHONDIR": "/people/ada/.ipython",
        "MPLBACKEND": "agg",
        "POLYBOOK_STORE_KEY": "/people/ada/writer.pem",
    }
    environ = kernel_environ(
        inherited, python=Path("/env/bin/python"), library=Path("/book"), folder=Path("/scratch")
    )
    assert environ == {
        "HOME": "/people/ada",
        "PATH": f"/env/bin{os.pathsep}/usr/bin",
        "PYTHONPATH": "/book",
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": "0",
        "IPYTHONDIR": "/scratch/ipython",
    }
