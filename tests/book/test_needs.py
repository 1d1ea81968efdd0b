"""What chapters and books declare that running takes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from polybook.book import Book, check, load_book
from polybook.book.needs import NO_NEEDS, Needs, read_needs
from polybook.source import BookError


def test_all_needs_are_read() -> None:
    needs, misread = read_needs(
        {
            "cores": 2,
            "memory": "1.5 GiB",
            "accelerators": 1,
            "accelerator_memory": "500 MB",
            "time": "2 min",
            "cell_time": "30 s",
            "warnings": "drop",
            "data": ["../data/a.csv", "own"],
            "title": "not ours",
        },
        NO_NEEDS,
        "chapters/first",
    )
    assert misread == ()
    assert needs == Needs(
        cores=2,
        memory=3 * 2**29,
        accelerators=1,
        accelerator_memory=5 * 10**8,
        time=120.0,
        cell_time=30.0,
        warnings="drop",
        data=("chapters/data/a.csv", "chapters/first/own"),
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("cores", 0),
        ("cores", True),
        ("cores", "2"),
        ("accelerators", -1),
        ("memory", 2),
        ("memory", "2 GB of RAM"),
        ("memory", "2 gib"),
        ("memory", "0 GiB"),
        ("time", "1 day"),
        ("time", ""),
        ("warnings", "ignore"),
        ("warnings", ["drop"]),
        ("data", ""),
        ("data", [1]),
        ("data", "/etc/passwd"),
        ("data", "../../../x"),
        ("data", ".."),
    ],
)
def test_what_cannot_be_read_is_said_and_the_default_holds(key: str, value: object) -> None:
    needs, (wrong,) = read_needs({key: value}, NO_NEEDS, "chapters")
    assert wrong.key == key
    assert wrong.suggestion
    assert needs == NO_NEEDS


def test_a_chapters_needs_go_before_those_of_the_book(make_book: Callable[..., Book]) -> None:
    book = make_book(
        {"one.md": "---\ntime: 5 min\n---\n# One\n", "two.md": "# Two\n"},
        config="polybook:\n  frameworks:\n    alpha:\n  needs:\n    time: 60 s\n    cores: 2\n",
    )
    one, two = (book.page(name).needs for name in ("one", "two"))
    assert (one.time, one.cores) == (300.0, 2)
    assert (two.time, two.cores) == (60.0, 2)


def test_a_wrong_need_of_the_book_is_an_error_with_its_line(
    write_book: Callable[..., Path],
) -> None:
    folder = write_book({"one.md": "# One\n"}, config="polybook:\n  needs:\n    memory: lots\n")
    with pytest.raises(BookError) as caught:
        load_book(folder)
    (found,) = caught.value.diagnostics
    assert (found.path, found.line, found.code) == ("_config.yml", 3, "invalid-config")
    assert "write a number and its unit (MB, GB, MiB, GiB), such as 2 GiB" in found.suggestion


def test_check_reports_wrong_needs_and_missing_data(make_book: Callable[..., Book]) -> None:
    book = make_book(
        {"one.md": "---\nmemory: lots\ndata: [there.csv, missing.csv]\n---\n# One\n"},
    )
    (book.folder / "there.csv").write_text("1\n")
    found = [(each.line, each.code) for each in check(book)]
    assert found == [(2, "invalid-need"), (3, "missing-data")]
