"""Folders that are replaced whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from polybook.book.output import fresh_folder


def test_a_finished_folder_takes_the_place_of_the_old(tmp_path: Path) -> None:
    place = tmp_path / "build" / "html"
    for text in ("first", "second"):
        with fresh_folder(place) as folder:
            (folder / text).touch()
    assert [file.name for file in place.iterdir()] == ["second"]
    assert {each.name for each in place.parent.iterdir()} <= {"html", "html.lock"}


def test_a_failure_leaves_the_old_folder_and_nothing_else(tmp_path: Path) -> None:
    place = tmp_path / "html"
    place.mkdir()
    (place / "good").touch()
    with pytest.raises(KeyboardInterrupt), fresh_folder(place) as folder:
        (folder / "half").touch()
        raise KeyboardInterrupt
    assert [file.name for file in place.iterdir()] == ["good"]
    assert {each.name for each in tmp_path.iterdir()} <= {"html", "html.lock"}


def test_what_a_killed_process_left_is_no_part_of_the_result(tmp_path: Path) -> None:
    (tmp_path / "html.new").mkdir()
    (tmp_path / "html.new" / "left over").touch()
    with fresh_folder(tmp_path / "html") as folder:
        assert list(folder.iterdir()) == []
