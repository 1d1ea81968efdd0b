"""Forked kernels against new ones, with small modules that do what real ones do when imported."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import psutil
import pytest
from resources import without_test_name

from polybook.execution import (
    Environment,
    Event,
    Failure,
    Job,
    NotPreloaded,
    Place,
    Result,
    StoppedError,
    Success,
    WarmKernels,
    run,
)


@attrs.define
class Bench:
    """Runs notebooks that import the modules in ``library``, which stand for the environment's."""

    make_job: Callable[..., Job]
    alpha: Environment
    library: Path
    work: Path
    kernels: WarmKernels
    others: set[psutil.Process]
    events: list[Event] = attrs.field(factory=list)
    count: int = 0

    def write(self, name: str, text: str) -> None:
        (self.library / f"{name}.py").write_text(textwrap.dedent(text))

    def run(self, *sources: str, warm: bool = True, stop=None, **options) -> Result:
        job = self.make_job(*map(textwrap.dedent, sources), **options)
        self.count += 1
        work = self.work / str(self.count)
        work.mkdir()
        # Two, because for one alone no server is started.
        self.kernels.expect([job, job], self.events.append)
        place = Place(
            environment=self.alpha,
            library=self.library,
            work=work,
            warm=self.kernels if warm else None,
        )
        with without_test_name():
            return run(job, place, report=self.events.append, stop=stop)

    def texts(self, *sources: str, warm: bool = True) -> list[str]:
        """Return what the cells print or show, as text."""
        result = self.run(*sources, warm=warm)
        assert isinstance(result, Success), result
        outputs = [output for cell in result.notebook.cells[1:] for output in cell.outputs]
        return [
            f"{output.name}: {output.text}" if "text" in output else output.data["text/plain"]
            for output in outputs
        ]

    @property
    def reasons(self) -> list[str]:
        return [event.reason for event in self.events if isinstance(event, NotPreloaded)]

    @property
    def servers(self) -> list[psutil.Process]:
        return [
            process
            for process in set(psutil.Process().children()) - self.others
            if any(word.endswith("fork_server.py") for word in process.cmdline())
        ]


@pytest.fixture
def bench(make_job: Callable[..., Job], alpha: Environment, tmp_path: Path) -> Iterator[Bench]:
    library = tmp_path / "library"
    library.mkdir()
    before = set(psutil.Process().children(recursive=True))
    with WarmKernels({}) as kernels:
        yield Bench(make_job, alpha, library, tmp_path, kernels, before)
    assert not [left for left in psutil.Process().children(recursive=True) if left not in before]


def without_numbers(text: str) -> str:
    """Leave out what differs from run to run: the processes' numbers and the run's folder."""
    return re.sub(r"ipykernel_\d+|0x[0-9a-f]+", "", text)


# Each value shows whether the kernel stands where a new one would.
SURROUNDINGS = """
import asyncio, gc, os, signal, sys, threading, warnings
import customs
print(sys.path, sys.flags, sys.executable, len(sys.argv), sys.argv[0], sys.orig_argv[1:4])
print(sorted(set(os.environ) - {"IPYTHONDIR", "JPY_PARENT_PID"}), os.environ["CUSTOMS"])
print(os.getpgid(0) == os.getpid(), os.getsid(0) == os.getpid(), os.umask(0o22))
print(int(os.environ["JPY_PARENT_PID"]) == os.getppid())
print([signal.getsignal(number) for number in sorted(signal.valid_signals())])
print(threading.active_count(), threading.Thread().name)
print(warnings.filters)
print(os.read(0, 1), os.isatty(0), os.path.basename(os.getcwd()), sys.ps1)
print(type(asyncio.get_event_loop_policy()), gc.isenabled(), gc.get_freeze_count())
print(sys.modules["__main__"].__dict__ is globals(), customs.kind, customs.program)
import psutil
print(sorted(os.path.basename(file.path) for file in psutil.Process().open_files()))
print(sorted({one.laddr for one in psutil.Process().net_connections("unix") if one.laddr}))
"""
CUSTOMS = """
import logging, os, warnings
os.environ["CUSTOMS"] = os.environ.get("MPLBACKEND", "") + os.environ.get("FORCE_COLOR", "")
warnings.filterwarnings("ignore", "hush")
log = logging.getLogger("customs")
log.addHandler(logging.StreamHandler())
kind = type(get_ipython()).__name__, get_ipython().__class__.__name__
program = "IPKernelApp" in get_ipython().config
shell = get_ipython()
notebook = hasattr(shell, "kernel"), shell.kernel
"""


def test_a_forked_kernel_finds_what_a_new_one_finds(bench: Bench) -> None:
    bench.write("customs", CUSTOMS)
    sources = (
        SURROUNDINGS,
        "customs.log.warning('from a handler made at import')",
        "customs.shell.execution_count, get_ipython().__class__",
        "customs.notebook[0], customs.notebook[1].session is get_ipython().kernel.session",
        "import warnings\nwarnings.warn('hush')\nwarnings.warn('old', DeprecationWarning)",
        "import logging\n[type(handler) for handler in customs.log.handlers]",
    )
    cold, warm = (bench.texts(*sources, warm=warm) for warm in (False, True))
    assert without_numbers("".join(warm)).split("\n") == without_numbers("".join(cold)).split("\n")
    assert len(bench.servers) == 1
    assert bench.reasons == []
    assert "stderr: from a handler made at import\n" in warm


def test_each_kernel_has_chance_of_its_own(bench: Bench) -> None:
    source = "import numpy, random\n(random.random(), float(numpy.random.rand()))"
    first, second = (eval(bench.texts(source)[0]) for _ in range(2))
    assert first[0] != second[0]
    assert first[1] != second[1]
    assert len(bench.servers) == 1


def test_the_imports_are_done_once(bench: Bench) -> None:
    bench.write("slow", "import os\nimporter = os.getpid()")
    source = "import os, slow\n(slow.importer == os.getppid(), slow.importer)"
    assert bench.texts(source) == bench.texts(source)
    assert bench.texts(source)[0].startswith("(True")


def test_a_notebook_does_not_find_what_only_others_import(bench: Bench) -> None:
    (bench.library / "wide").mkdir()
    bench.write("wide/__init__", "")
    bench.write("wide/part", "")
    wide, narrow = "import wide.part\nhasattr(wide, 'part')", "import wide\nhasattr(wide, 'part')"
    assert bench.texts(wide) == ["True"]
    assert bench.texts(narrow) == ["False"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("print('hello')", "it prints or warns"),
        (
            "import warnings; warnings.warn('use another', DeprecationWarning, stacklevel=2)",
            "it prints or warns",
        ),
        (
            "import threading, time\n"
            "threading.Thread(target=time.sleep, args=(300,), daemon=True).start()",
            "it leaves 1 threads running, which a fork would lose",
        ),
        ("get_ipython().events", "it changes or asks the notebook's shell"),
        ("get_ipython().kernel.session", "it changes or asks the notebook's shell"),
        (
            "from IPython import get_ipython\nget_ipython().config.IPKernelApp",
            "it changes or asks the notebook's shell",
        ),
        (
            "import sys\nsys.excepthook = print",
            "it changes what a kernel sets up when it starts",
        ),
        ("device = open('/dev/full')", "it opens the device /dev/full"),
        ("import zipapp\n1 / 0", "it fails half-way (ZeroDivisionError: division by zero)"),
        (
            # A kernel's standard output can do more than a process's own.
            "import os, sys\nif not hasattr(sys.stdout, 'pub_thread'):\n    os._exit(3)",
            "the fork server ended with status 3",
        ),
    ],
)
def test_an_import_that_a_notebook_would_notice_is_left_to_it(
    bench: Bench, text: str, reason: str
) -> None:
    bench.write("odd", text)
    bench.write("fine", "import os\nhere = os.getpid()")
    cells = "import os, fine\nfine.here == os.getppid()", "import odd"
    cold, warm = (
        bench.run(*cells, warm=warm, tags={2: ["raises-exception"]}).notebook.cells
        for warm in (False, True)
    )
    assert [cells[1].outputs[0].data["text/plain"] for cells in (cold, warm)] == ["False", "True"]
    assert without_numbers(str(warm[2].outputs)) == without_numbers(str(cold[2].outputs))
    assert bench.reasons == [f"`import odd` is left to the notebooks: {reason}"]


def test_text_that_passes_by_python_is_noticed(bench: Bench) -> None:
    bench.write("odd", "import ctypes\nctypes.CDLL(None).puts(b'from below')")
    assert bench.texts("import odd\n1")[-1] == "1"
    assert bench.reasons == ["`import odd` is left to the notebooks: it prints or warns"]


def test_threads_that_end_before_a_fork_do_no_harm(bench: Bench) -> None:
    bench.write(
        "pool",
        """
        import os, threading
        def start():
            global end, worker
            end = threading.Event()
            worker = threading.Thread(target=end.wait, daemon=True)
            worker.start()
        def stop():
            end.set()
            worker.join()
        start()
        os.register_at_fork(before=stop)
        """,
    )
    assert bench.texts("import pool\npool.worker.is_alive()") == ["False"]
    assert bench.reasons == []


def test_a_missing_module_is_the_notebooks_own_affair(bench: Bench) -> None:
    failure = bench.run("import fine", "import no_such_module")
    assert isinstance(failure, Failure)
    assert (failure.line, failure.ename) == (10, "ModuleNotFoundError")
    assert bench.reasons == []
    assert len(bench.servers) == 1


def test_a_framework_can_be_switched_off(bench: Bench) -> None:
    bench.kernels = WarmKernels({}, frameworks={"beta"})
    assert bench.texts("1") == ["1"]
    assert bench.servers == []
    assert bench.reasons == []


def test_variables_that_imports_read_have_servers_of_their_own(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.write("reader", "import os\nread = os.environ['SHELF_COLOUR']")
    for colour in ("red", "blue", "red"):
        monkeypatch.setenv("SHELF_COLOUR", colour)
        assert bench.texts("import reader\nreader.read") == [repr(colour)]
    assert len(bench.servers) == 2


def test_a_notebook_stops_while_its_imports_hang(bench: Bench) -> None:
    begun = bench.work / "begun"
    bench.write("hang", f"import time\nopen({str(begun)!r}, 'w').close()\ntime.sleep(300)")
    stop = threading.Event()

    def stop_once_it_hangs() -> None:
        while not begun.exists():
            stop.wait(0.01)
        stop.set()

    threading.Thread(target=stop_once_it_hangs, daemon=True).start()
    with pytest.raises(StoppedError):
        bench.run("import hang", stop=stop)
    (server,) = bench.servers
    bench.kernels.__exit__(None, None, None)
    assert not server.is_running()


def test_imports_that_hang_meet_the_notebooks_time_limit(bench: Bench) -> None:
    bench.write("hang", "import time\ntime.sleep(300)")
    failure = bench.run("import hang", time=2.0)
    assert isinstance(failure, Failure)
    assert failure.code == "time-limit"


def test_kernels_of_a_dead_server_are_reported_and_the_next_start_cold(bench: Bench) -> None:
    failure = bench.run(
        "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nwhile True: pass"
    )
    assert isinstance(failure, Failure)
    assert (failure.line, failure.evalue) == (10, "the kernel was killed by SIGKILL")
    assert bench.reasons == []
    assert bench.texts("1") == ["1"]
    assert bench.texts("2") == ["2"]
    assert bench.reasons == ["kernels start cold: their fork server ended with status -9"]


def test_a_server_that_cannot_start_is_reported_once(bench: Bench, tmp_path: Path) -> None:
    python = tmp_path / "python"
    # Stands for an environment in which only `-m` works.
    python.write_text(f'#!/bin/sh\n[ "$1" = -m ] || exit 7\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)

    class Broken(Environment):
        python = tmp_path / "python"

    bench.alpha = Broken(*attrs.astuple(bench.alpha))
    assert bench.texts("1") == ["1"]
    assert bench.texts("2") == ["2"]
    assert bench.reasons == ["kernels start cold: the fork server ended with status 7"]


BUILD = """
import sys
from pathlib import Path
from nbformat.v4 import new_code_cell, new_notebook
from polybook.execution import *

folder = Path(sys.argv[1])
hangs = str(folder / "hangs")
(folder / "hang.py").write_text(f"import time\\nopen({hangs!r}, 'w').close()\\ntime.sleep(300)")
source = "import hang" if sys.argv[2] == "hang" else "while True: pass"
def job(page):
    cell = new_code_cell(source, metadata={"polybook": {"lines": [1]}})
    return Job(page, "alpha", Key((Part("cell", "1", source),)), new_notebook(cells=[cell]))
def report(event):
    print(type(event).__name__, flush=True)
with WarmKernels({}) as warm:
    execute(
        [job("one.md"), job("two.md")],
        store=Store(folder / "store"),
        executor=LocalExecutor(
            book=folder,
            environments={
                "alpha": Environment("alpha", None, folder / "alpha", ("_config.yml", 1))
            },
            library=folder,
            scratch=folder / "scratch",
            machine=Machine(cores=2, memory=2**40),
            warm=warm,
        ),
        report=report,
    )
"""


@pytest.mark.parametrize("moment", ["run", "hang"])
def test_a_killed_build_leaves_no_process(tmp_path: Path, moment: str) -> None:
    script = tmp_path / "build.py"
    script.write_text(BUILD)
    build = subprocess.Popen(
        [sys.executable, script, tmp_path, moment],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        if moment == "run":
            cells = 0
            while cells < 2:
                cells += build.stdout.readline() == "CellStarted\n"
        else:
            while not (tmp_path / "hangs").exists():
                assert build.poll() is None
        left = psutil.Process(build.pid).children(recursive=True)
    finally:
        build.send_signal(signal.SIGKILL)
        build.communicate()
    # The guard, the fork server and, once they run, two kernels.
    assert len(left) == (4 if moment == "run" else 2)
    _, alive = psutil.wait_procs(left, timeout=10)
    assert not alive
