"""The module as a file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from library_cases import cell

from polybook.library import Library, differences, extract, write


@pytest.fixture
def library() -> Library:
    return extract([cell("x = 'ä\\x0c'  #@save")], "d2l.alpha")


def test_write(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "d2l" / "alpha.py"
    assert write(library, path)
    assert path.read_bytes().decode() == library.text
    assert os.listdir(path.parent) == ["alpha.py"]
    before = path.stat()
    assert not write(library, path)
    after = path.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    path.write_text("x = 1\n")
    assert write(library, path)
    assert path.read_bytes().decode() == library.text


def test_other_line_ends_count_as_a_difference(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "alpha.py"
    path.write_bytes(library.text.replace("\n", "\r\n").encode())
    assert differences(library, path)
    assert write(library, path)
    assert not differences(library, path)


def test_a_failed_write_leaves_the_old_file(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "alpha.py"
    path.write_text("old\n")

    def refuse(*_: object) -> None:
        raise OSError("full")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="full"):
        write(library, path)
    assert path.read_text() == "old\n"
    assert os.listdir(tmp_path) == ["alpha.py"]


def test_differences(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "alpha.py"
    every = differences(library, path).split("\n")
    assert every[:2] == ["--- alpha.py (as it is)", "+++ alpha.py (from the book)"]
    assert [line[1:] for line in every[3:-1]] == library.text.split("\n")[:-1]
    assert not path.exists()

    path.write_text(library.text.replace("'ä", "'o") + "rest", encoding="utf-8")
    changes = [line for line in differences(library, path).split("\n")[3:] if line[:1] in "+-"]
    assert changes == ["-x = 'o\\x0c'", "-rest (no line feed)", "+x = 'ä\\x0c'", ""]

    write(library, path)
    assert differences(library, path) == ""
