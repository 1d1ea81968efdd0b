"""Warnings in notebooks are kept, dropped or refused, in new kernels and in forked ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from polybook.book import Book, load_book
from polybook.execution import (
    Failure,
    Key,
    Keys,
    Result,
    Success,
)
from polybook.execution.explanation import explain

Run = Callable[..., Result]

WARNS = "import warnings\nbefore = 1\nwarnings.warn('too old')"
# Also where a filter of Python does not show it, and where the cell catches it itself.
QUIET = """\
import sys, warnings
exec("warnings.warn('for developers', DeprecationWarning)", {'warnings': warnings, '__name__': 'x'})
with warnings.catch_warnings(record=True) as caught:
    warnings.warn('seen by the cell')
print(len(caught), sorted(name for name in globals() if 'how' in name))
print('an error', file=sys.stderr)
"""


def texts(result: Result) -> list[list[tuple[str, str]]]:
    assert isinstance(result, Success), result
    cells = result.notebook.cells[1:]
    return [[(output.name, output.text) for output in cell.outputs] for cell in cells]


def test_a_warning_is_kept_if_nothing_else_is_said(execute: Run) -> None:
    first, second = texts(execute(WARNS, QUIET))
    ((name, text),) = first
    assert (name, text.splitlines()[0]) == ("stderr", "cell.py:3: UserWarning: too old")
    assert second == [("stdout", "1 []\n"), ("stderr", "an error\n")]


def test_a_dropped_warning_takes_nothing_else_with_it(execute: Run) -> None:
    first, second = texts(execute(WARNS, QUIET, warnings="drop"))
    assert first == []
    assert second == [("stdout", "1 []\n"), ("stderr", "an error\n")]


def test_a_refused_warning_is_a_failure_on_its_line(execute: Run) -> None:
    failure = execute(QUIET, WARNS, warnings="error")
    assert isinstance(failure, Failure)
    assert (failure.line, failure.summary) == (22, "UserWarning: too old")
    finding = failure.diagnostic
    assert (finding.path, finding.code) == ("chapters/basics/numbers.md", "cell-warned")
    assert "declare `warnings: keep` in the front matter" in finding.suggestion


def test_another_exception_is_no_warning(execute: Run) -> None:
    failure = execute("1 / 0", warnings="error")
    assert isinstance(failure, Failure)
    assert failure.code == "cell-raised"


def keyed(book: Book, policy: str) -> Key:
    (book.folder / "one.md").write_text(
        f"---\n{policy}\n---\n# One\n\n```{{.python .input}}\nimport warnings\n```\n"
    )
    again = load_book(book.folder)
    return Keys.of(again).key(again.page("one"), "alpha")


def test_another_policy_makes_stale_and_the_usual_one_does_not(
    make_book: Callable[[Mapping[str, str]], Book],
) -> None:
    book = make_book({"one.md": "# One\n"})
    usual = keyed(book, "title: One")
    assert keyed(book, "warnings: keep") == usual
    drop, error = keyed(book, "warnings: drop"), keyed(book, "warnings: error")
    for older, newer in [(usual, drop), (drop, error), (error, usual)]:
        (change,) = newer.changes(older)
        said = explain(Keys.of(book), book.page("one"), "alpha", change)
        assert said == "what happens to warnings changed"
