"""Environments are built from a local folder of tiny wheels, without the internet."""

from __future__ import annotations

import json
import shutil
import subprocess
import sysconfig
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from resources import Polybook, write_files, write_wheel

from polybook.execution import (
    Environment,
    ExecutionError,
    Job,
    Place,
    Success,
    environments,
    run,
)
from polybook.execution.requirements import requirement_lines, write_requirements


@pytest.fixture(scope="module", autouse=True)
def index(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let pip see two packages: ``tiny``, and an ``ipykernel`` that borrows the real one."""
    folder = tmp_path_factory.mktemp("index")
    write_wheel(folder, "tiny", "1.5", {"tiny.py": "size = 1\n"})
    write_wheel(folder, "ipykernel", "7.0", {"borrow.pth": sysconfig.get_path("purelib") + "\n"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIP_NO_INDEX", "1")
        patch.setenv("PIP_FIND_LINKS", str(folder))
        yield


def declare(folder: Path, requirements: str) -> Environment:
    file = folder / "tiny.txt"
    file.write_text(requirements)
    return Environment("tiny", file, folder / "environments" / "tiny", ("_config.yml", 7))


def pretend_built(environment: Environment) -> Path:
    """Make what a built environment is known by, and return its stamp."""
    environment.python.parent.mkdir(parents=True)
    environment.python.touch()
    stamp = environment.python.parent.parent / "polybook.json"
    stamp.write_text(json.dumps({"digest": environment.digest}))
    return stamp


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    environment = declare(tmp_path_factory.mktemp("book"), "tiny==1.5\nipykernel==7.0\n")
    environment.create()
    return environment


def test_the_built_environment_is_ready_and_has_what_was_asked_for(tiny: Environment) -> None:
    tiny.require()
    assert tiny.versions() == {"ipykernel": "7.0", "tiny": "1.5"}
    # Also the scripts that pip wrote, which hold absolute paths.
    pip = subprocess.run([tiny.python.with_name("pip"), "list"], capture_output=True, text=True)
    assert ["tiny", "1.5"] in [line.split() for line in pip.stdout.splitlines()]


def test_a_notebook_runs_in_the_built_environment(
    tiny: Environment, make_job: Callable[..., Job], library: Path, tmp_path: Path
) -> None:
    job = make_job("import sys, tiny\nprint(tiny.size, sys.prefix)", framework="tiny")
    place = Place(environment=tiny, library=library, work=tmp_path)
    result = run(job, place, report=lambda event: None)
    assert isinstance(result, Success), result
    assert result.notebook.cells[1].outputs[0].text == "1 environment\n"
    assert result.record.versions == {"ipykernel": "7.0", "tiny": "1.5"}


def test_a_ready_environment_is_not_built_again(
    tiny: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environments.venv, "create", pytest.fail)
    tiny.create()


def test_a_failed_build_leaves_the_old_environment_and_nothing_half_made(
    tiny: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = tiny.python.parent.parent

    def copy_ready(folder: Path, **options: bool) -> None:
        shutil.copytree(ready, folder, symlinks=True)

    # Saves the time in which the standard library would install pip.
    monkeypatch.setattr(environments.venv, "create", copy_ready)
    requirements, wanted = tiny.requirements, tiny.requirements.read_text()
    before = sorted(tiny.folder.iterdir())
    requirements.write_text("tiny==9.9\nipykernel==7.0\n")
    try:
        with pytest.raises(ExecutionError) as caught:
            tiny.create()
        assert not tiny.is_ready()
    finally:
        requirements.write_text(wanted)
    (found,) = caught.value.diagnostics
    assert (found.path, found.line, found.code) == ("_config.yml", 7, "environment-not-built")
    assert "No matching distribution found for tiny==9.9" in found.suggestion
    assert caught.value.status == 2
    assert sorted(tiny.folder.iterdir()) == before
    assert tiny.is_ready()


def test_the_command_builds_all_that_can_be_built(polybook: Polybook, tmp_path: Path) -> None:
    """Several at a time; one that cannot be built is named, and no others suffer."""
    book = tmp_path / "book"
    config = "title: Three\npolybook:\n  frameworks:\n" + "".join(
        f"    {name}: {{title: T, environment: {name}.txt}}\n" for name in ("one", "two", "odd")
    )
    lists = {name: "tiny==1.5\nipykernel==7.0\n" for name in ("one.txt", "two.txt")}
    toc = "format: jb-book\nroot: index\n"
    write_files(
        book,
        {
            **{"_config.yml": config, "_toc.yml": toc, "index.md": "# Three\n"},
            **lists,
            "odd.txt": "tiny==9.9\nipykernel==7.0\n",
        },
    )
    done = polybook("env", "--book", book)
    assert done.returncode == 2
    said = done.stdout.splitlines()
    assert said[:3] == [f"{name}: installing {name}.txt ..." for name in ("one", "two", "odd")]
    assert sorted(said[3:]) == ["one: ready", "two: ready"]
    assert "_config.yml:6:1: error: the environment of odd cannot be built" in done.stderr
    again = polybook("env", "--book", book)
    assert again.stdout.splitlines()[:2] == ["one: ready", "two: ready"]


def test_a_process_waits_for_another_that_builds_and_then_uses_its_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = declare(tmp_path, "ipykernel==7.0\n")
    environment.folder.mkdir(parents=True)
    monkeypatch.setattr(environments.venv, "create", pytest.fail)
    waits = threading.Event()

    class Lock(FileLock):
        def acquire(self, *arguments, **options):
            waits.set()
            return super().acquire(*arguments, **options)

    with FileLock(f"{environment.folder}.lock"):
        monkeypatch.setattr(environments, "FileLock", Lock)
        second = threading.Thread(target=environment.create)
        second.start()
        assert waits.wait(10)
        pretend_built(environment)
    second.join(10)
    assert environment.is_ready()
    # Had the second process built, it would have removed what the first one made.
    assert environment.python.exists()


def test_an_environment_is_not_ready_without_its_python_or_its_stamp(tmp_path: Path) -> None:
    environment = declare(tmp_path, "ipykernel==7.0\n")
    stamp = pretend_built(environment)
    assert environment.is_ready()
    environment.python.unlink()
    assert not environment.is_ready()
    environment.python.touch()
    stamp.write_text("{")
    assert not environment.is_ready()


def test_requirements_without_ipykernel_are_refused(tmp_path: Path) -> None:
    environment = declare(tmp_path, "tiny==1.5\n# ipykernel==7.0\n")
    with pytest.raises(ExecutionError, match=r"tiny\.txt does not name ipykernel"):
        environment.create()
    assert not environment.folder.exists()


def test_a_missing_environment_is_one_clear_message(tmp_path: Path) -> None:
    with pytest.raises(ExecutionError) as caught:
        declare(tmp_path, "ipykernel==7.0\n").require()
    assert str(caught.value) == (
        "_config.yml:7:1: error: the environment of tiny is not there [missing-environment]\n"
        "    run `polybook env`"
    )


def test_missing_requirements_are_one_clear_message(tmp_path: Path) -> None:
    environment = Environment("tiny", tmp_path / "no.txt", tmp_path / "tiny", ("_config.yml", 7))
    with pytest.raises(ExecutionError, match=r"_config.yml:7:1: .*no\.txt"):
        environment.require()


PINNED = "tiny==1.5\nipykernel==7.0\n"


@pytest.mark.parametrize(
    ("requirements", "same"),
    [
        ("ipykernel==7.0\ntiny==1.5\n", True),
        ("# Pinned by hand.\n\ntiny==1.5   # small\nipykernel==7.0", True),
        ("tiny==1.5\n-r kernel.in\n", True),
        ("tiny==1.6\nipykernel==7.0\n", False),
        ("tiny==1.5\n", False),
        ("tiny==1.5\n-c kernel.in\n", False),
    ],
)
def test_the_digest_follows_what_is_asked_for(
    tmp_path: Path, requirements: str, same: bool
) -> None:
    (tmp_path / "kernel.in").write_text("ipykernel==7.0\n")
    before = declare(tmp_path, PINNED).digest
    assert (declare(tmp_path, requirements).digest == before) is same


def test_the_running_python_needs_no_building(alpha: Environment) -> None:
    alpha.create()
    alpha.require()
    assert not alpha.folder.exists()
    assert list(alpha.versions()) == ["ipykernel"]


def test_the_kernel_is_written_below_the_given_folder(alpha: Environment, tmp_path: Path) -> None:
    file = alpha.write_kernel_spec(tmp_path)
    assert file == tmp_path / "kernels" / "polybook-alpha" / "kernel.json"
    spec = json.loads(file.read_text())
    assert spec["argv"][0] == str(alpha.python)
    assert spec["display_name"] == "alpha"


def test_written_requirements_ask_for_the_same(tmp_path: Path) -> None:
    (tmp_path / "deep.in").write_text("six == 1\n")
    (tmp_path / "limits.in").write_text("-c deep.in\nfour<4  # a limit\n")
    (tmp_path / "asked.in").write_text("two==2 \\\n  --hash=sha256:ab\n-c limits.in\none==1\n")
    lines = requirement_lines(tmp_path / "asked.in")
    assert len(lines) == 4
    again = requirement_lines(write_requirements(lines, tmp_path / "written"))
    assert sorted(again) == sorted(lines)
