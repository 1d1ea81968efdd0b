"""The same execution, shown with and without a terminal."""

from __future__ import annotations

import io

import pytest
from nbformat.v4 import new_notebook
from rich.console import Console

from polybook.cli.progress import LiveProgress, PlainProgress, progress, summary
from polybook.execution import (
    CellStarted,
    Event,
    Failed,
    Failure,
    Finished,
    Job,
    Key,
    NotPreloaded,
    Queued,
    Report,
    Started,
)
from polybook.source import Diagnostic

PAGE = "chapters/basics/numbers.md"
FAILURE = Failure(PAGE, "beta", 12, "ZeroDivisionError", "division by zero\nand more")
EVENTS: list[Event] = [
    Queued(stale=2, fresh=7),
    Started(PAGE, "alpha", 2),
    NotPreloaded("alpha", "`import odd` is left to the notebooks: it prints or warns"),
    CellStarted(PAGE, "alpha", 1, 2),
    Started(PAGE, "beta", 1),
    CellStarted(PAGE, "alpha", 2, 2),
    Finished(PAGE, "alpha", 3.21),
    Failed(PAGE, "beta", FAILURE),
]


def a_console(terminal: bool) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=60, color_system=None)


@pytest.fixture
def report() -> Report:
    job = Job(PAGE, "alpha", Key(()), new_notebook())
    return Report(
        executed=(job,) * 3,
        fresh=(job,) * 7,
        failures=(FAILURE,),
        unknown=((job, Diagnostic(PAGE, 1, 1, "cannot-run-here", "no accelerator")),),
        seconds=41.2,
    )


def test_the_listener_suits_the_console() -> None:
    assert isinstance(progress(a_console(terminal=True)), LiveProgress)
    assert isinstance(progress(a_console(terminal=False)), PlainProgress)


def test_plain_progress_is_one_line_per_notebook_that_starts_and_ends(report: Report) -> None:
    console = a_console(terminal=False)
    with progress(console) as show:
        for event in EVENTS:
            show(event)
        show.summarize(report)
    assert console.file.getvalue().splitlines() == [
        "started   chapters/basics/numbers.md (alpha), 2 cells",
        "note      alpha: `import odd` is left to the notebooks: it prints or warns",
        "started   chapters/basics/numbers.md (beta), 1 cell",
        "finished  chapters/basics/numbers.md (alpha) in 3.2 s",
        "failed    chapters/basics/numbers.md:12 (beta) ZeroDivisionError: division by zero",
        "executed 3, fresh 7, failed 1, cannot run here 1 in 41 s",
    ]


def table(show: LiveProgress) -> list[list[str]]:
    """Return the words of each line of the live table as it would be drawn now."""
    console = a_console(terminal=True)
    console.print(show._table())
    return [line.split() for line in console.file.getvalue().splitlines()]


def test_the_live_table_shows_what_runs() -> None:
    show = LiveProgress(a_console(terminal=True))
    for event in EVENTS[:-2]:
        show(event)
    assert table(show) == [
        ["notebook", "framework", "cell", "seconds"],
        [PAGE, "alpha", "2/2", "0"],
        [PAGE, "beta", "0/1", "0"],
        ["0", "of", "2", "done,", "7", "fresh"],
    ]
    for event in EVENTS[-2:]:
        show(event)
    assert table(show) == [
        ["notebook", "framework", "cell", "seconds"],
        ["2", "of", "2", "done,", "7", "fresh"],
    ]


def test_the_live_display_leaves_what_finished_and_failed_on_the_screen(report: Report) -> None:
    console = a_console(terminal=True)
    with progress(console) as show:
        for event in EVENTS:
            show(event)
    show.summarize(report)
    shown = console.file.getvalue()
    assert "finished  chapters/basics/numbers.md (alpha) in 3.2 s\n" in shown
    assert "note      alpha: `import odd` is left" in shown
    assert ":12 (beta) ZeroDivisionError: division by zero\n" in shown
    assert shown.endswith("executed 3, fresh 7, failed 1, cannot run here 1 in 41 s\n")


def test_a_notebook_may_fail_before_it_starts_and_be_told_of_late() -> None:
    show = LiveProgress(a_console(terminal=True))
    with show:
        for event in (Queued(1, 0), Failed(PAGE, "beta", FAILURE), CellStarted(PAGE, "beta", 1, 1)):
            show(event)
        assert table(show)[1:] == [["1", "of", "1", "done,", "0", "fresh"]]


def test_the_summary_is_one_line(report: Report) -> None:
    assert summary(report) == "executed 3, fresh 7, failed 1, cannot run here 1 in 41 s"
