"""The whole book of this repository, in its own environments, with all ways to run it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from clusters import Cluster
from resources import REPOSITORY, Polybook, differences, require, stored_notebooks

from polybook.book import load_book
from polybook.execution.environments import environments_of

SOURCES = ["_config.yml", "_toc.yml", "book", "chapters", "d2l"]


@pytest.mark.book
@pytest.mark.parametrize("framework", ["pytorch", "jax", "tensorflow", "mxnet"])
def test_the_book_gives_the_same_outputs_wherever_it_runs(
    polybook: Polybook, tmp_path: Path, framework: str
) -> None:
    environment = environments_of(load_book(REPOSITORY))[framework]
    require(environment.is_ready(), f"the {framework} environment, made by `make env`")
    (tmp_path / "cluster").mkdir()
    with Cluster(tmp_path / "cluster") as cluster:
        found = str(environment.folder.parent)
        cluster.add("--no-nanny", threads=2, POLYBOOK_ENVIRONMENTS=found)
        dask = ("--executor", "dask", "--scheduler", cluster.address)
        made = {}
        for number, words in enumerate((("--cold",), ("--warm",), dask)):
            book = tmp_path / str(number)
            book.mkdir()
            for name in SOURCES:
                source = REPOSITORY / name
                (shutil.copytree if source.is_dir() else shutil.copy)(source, book / name)
            (book / "_build").mkdir()
            if words != dask:
                (book / "_build/environments").symlink_to(environment.folder.parent)
            done = polybook("execute", *words, "--framework", framework, "--book", book)
            assert done.returncode == 0, done.stderr
            # What is left to the notebooks would be right as well, but slow.
            assert "note " not in done.stdout
            made[words] = stored_notebooks(book / "_build/store")
    assert len(made["--cold",]) == 6
    assert differences(made["--warm",], made["--cold",]) == []
    assert differences(made[dask], made["--cold",]) == []
