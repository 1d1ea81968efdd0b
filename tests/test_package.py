"""What `pip install .` gives, and the book's notebooks against it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from resources import REPOSITORY, require

from polybook.book import load_book
from polybook.execution.environments import environments_of

CONCISE = "chapters/linear-regression/linear-regression-concise"
# The name before a version, in a list for pip or among the words of its command.
PINNED = re.compile(r"(?:^|\s)([\w.-]+)==", re.MULTILINE)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of this repository, built without looking anything up."""
    folder = tmp_path_factory.mktemp("wheel")
    # A copy: building leaves files in the source folder.
    source = folder / "source"
    ignored = shutil.ignore_patterns(".*", "_build", "build", "*.egg-info", "tests")
    shutil.copytree(REPOSITORY, source, ignore=ignored)
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"),
            *("--no-build-isolation", "--wheel-dir", folder, source),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_both_packages(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for package in ("polybook", "d2l"):
        folder = REPOSITORY / ("tools/polybook" if package == "polybook" else package)
        expected = {
            f"{package}/{file.relative_to(folder).as_posix()}"
            for file in folder.rglob("*")
            if file.is_file() and file.suffix != ".pyc" and ".ruff_cache" not in file.parts
        }
        assert expected == {name for name in names if name.startswith(f"{package}/")}


@pytest.mark.parametrize(
    "files",
    # The Makefile installs one package beside those of tests/newest.txt.
    [["requirements.txt"], ["tests/newest.txt", "Makefile"]],
    ids=["environment", "newest"],
)
def test_the_toolchains_needs_are_pinned(files: list[str]) -> None:
    """Each package that polybook declares stands, pinned, in both environments' lists."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = {
        name.lower().replace("_", "-")
        for file in files
        for name in PINNED.findall((REPOSITORY / file).read_text(encoding="utf-8"))
    }
    for needed in project["dependencies"] + project["optional-dependencies"]["toolchain"]:
        name = needed.split("=")[0].split("<")[0].split(">")[0].lower()
        assert name in pinned, name


@pytest.mark.book
@pytest.mark.parametrize("framework", ["pytorch", "jax", "tensorflow", "mxnet"])
def test_the_concise_notebook_runs_against_the_installed_library(
    wheel: Path, tmp_path: Path, framework: str
) -> None:
    """The file that a reader downloads, the installed `d2l`, the framework: nothing else."""
    environment = environments_of(load_book(REPOSITORY))[framework]
    require(environment.is_ready(), f"the {framework} environment, made by `make env`")
    download = REPOSITORY / "_build/html/notebooks" / framework / f"{CONCISE}.ipynb"
    require(download.is_file(), "the book, built by `make html`")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")

    notebook = nbformat.read(download, as_version=4)
    stored = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    assert any(stored)
    kernel = KernelManager()
    kernel.kernel_spec.argv[0] = str(environment.python)
    client = NotebookClient(
        notebook, km=kernel, timeout=120, resources={"metadata": {"path": str(tmp_path)}}
    )
    given = {"PYTHONPATH": str(tmp_path / "site"), "SOURCE_DATE_EPOCH": "0"}
    environ = {**os.environ, **dict(environment.variables), **given}
    environ.pop("MPLBACKEND", None)
    client.execute(env=environ)
    again = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    assert _text(again) == _text(stored)


def _text(outputs: list) -> list[str]:
    """Return what the cells print and show as text."""
    return [
        output.get("text") or output.get("data", {}).get("text/plain", "")
        for cell in outputs
        for output in cell
    ]
