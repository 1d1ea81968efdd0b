"""The whole book of this repository, in its own environments, with forked kernels and new ones."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from resources import REPOSITORY, Polybook, require, stored_notebooks

from polybook.book import load_book
from polybook.execution.environments import environments_of

SOURCES = ["_config.yml", "_toc.yml", "book", "chapters", "d2l"]


@pytest.mark.book
@pytest.mark.parametrize("framework", ["pytorch", "jax"])
def test_forked_kernels_give_the_outputs_of_new_ones(
    polybook: Polybook, tmp_path: Path, framework: str
) -> None:
    environment = environments_of(load_book(REPOSITORY))[framework]
    require(environment.is_ready(), f"the {framework} environment, made by `make env`")
    made = {}
    for word in ("--cold", "--warm"):
        book = tmp_path / word
        book.mkdir()
        for name in SOURCES:
            source = REPOSITORY / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, book / name)
        (book / "_build").mkdir()
        (book / "_build/environments").symlink_to(environment.folder.parent)
        done = polybook("execute", word, "--framework", framework, "--book", book)
        assert done.returncode == 0, done.stderr
        # What is left to the notebooks would be right as well, but slow.
        assert "note " not in done.stdout
        made[word] = stored_notebooks(book / "_build/store")
    assert len(made["--cold"]) == 6
    assert made["--warm"] == made["--cold"]
