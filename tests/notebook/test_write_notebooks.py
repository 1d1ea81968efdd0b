"""The readers' notebooks of a whole book, as files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from polybook.book import Book, Page
from polybook.notebook.write import write_notebooks

CHAPTER = "# One\n\n```{.python .input}\n#@tab alpha, beta\nx\n```\n"


def run(page: Page, framework: str) -> NotebookNode | None:
    """Pretend that beta alone has run the chapter."""
    if (page.docname, framework) == ("deep/one", "beta"):
        return new_notebook(cells=[new_code_cell("x", execution_count=7)])
    return None


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.ipynb"))


def test_a_file_for_each_page_that_a_framework_has(
    book: Callable[..., Book], tmp_path: Path
) -> None:
    count = write_notebooks(book(CHAPTER), tmp_path / "out", run, ["alpha", "beta"])
    assert files(tmp_path / "out") == [
        "alpha/deep/index.ipynb",
        "alpha/deep/one.ipynb",
        "alpha/index.ipynb",
        "beta/deep/beta-only.ipynb",
        "beta/deep/index.ipynb",
        "beta/deep/one.ipynb",
        "beta/index.ipynb",
    ]
    assert count == 7


def test_outputs_come_from_the_run(book: Callable[..., Book], tmp_path: Path) -> None:
    write_notebooks(book(CHAPTER), tmp_path / "out", run, ["alpha", "beta"])
    counts = {
        framework: nbformat.read(tmp_path / f"out/{framework}/deep/one.ipynb", 4)
        .cells[1]
        .execution_count
        for framework in ("alpha", "beta")
    }
    assert counts == {"alpha": None, "beta": 7}


def test_only_the_frameworks_asked_for(book: Callable[..., Book], tmp_path: Path) -> None:
    write_notebooks(book(CHAPTER), tmp_path / "out", run, ["beta"])
    assert {name.split("/")[0] for name in files(tmp_path / "out")} == {"beta"}
