"""Which changes of a book's files are heard of."""

from __future__ import annotations

import queue
from collections.abc import Callable
from pathlib import Path

from polybook.preview.watcher import Watcher


def heard(folder: Path, act: Callable[[], None], last: str, outside: tuple[str, ...] = ()) -> set:
    """Return what is heard of while ``act`` is done, until ``last`` is."""
    found: queue.Queue[frozenset[str]] = queue.Queue()
    every: set[str] = set()
    with Watcher(folder, lambda: outside, found.put):
        act()
        while last not in every:
            every |= found.get(timeout=60)
    return every


def test_a_saved_file_is_heard_of_and_what_stands_beside_it_is_not(tmp_path: Path) -> None:
    (tmp_path / "guide").mkdir()
    (tmp_path / "_build").mkdir()
    (tmp_path / ".git").mkdir()

    def save() -> None:
        for name in ("_build/page.html", ".git/index", "guide/.a.md.swp", "guide/a.md~"):
            (tmp_path / name).write_text("x")
        aside = tmp_path / "guide/.a.md.saved"
        aside.write_text("text")
        aside.replace(tmp_path / "guide/a.md")

    assert heard(tmp_path, save, "guide/a.md") == {"guide/a.md"}


def test_files_of_a_new_folder_are_heard_of(tmp_path: Path) -> None:
    def copy() -> None:
        (tmp_path / "new").mkdir()
        (tmp_path / "new/a.md").write_text("text")

    assert "new/a.md" in heard(tmp_path, copy, "new/a.md")


def test_named_files_elsewhere_are_heard_of(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    works = tmp_path / "works.bib"
    works.write_text("")

    def save() -> None:
        (tmp_path / "other.bib").write_text("x")
        works.write_text("x")

    assert heard(tmp_path / "book", save, str(works), (str(works),)) == {str(works)}
