"""Two things done at the same time give what they give one after the other."""

from __future__ import annotations

import os
import signal

import pytest

from polybook.side_process import both


def test_both_results_come_back_and_the_second_from_another_process() -> None:
    mine, theirs = both(os.getpid, lambda: (os.getpid(), "x" * 1_000_000))
    assert mine == os.getpid()
    assert theirs[0] != mine
    assert len(theirs[1]) == 1_000_000


def test_what_fails_there_fails_here() -> None:
    with pytest.raises(ZeroDivisionError):
        both(lambda: 1, lambda: 1 // 0)


def test_a_side_process_that_is_killed_is_done_without() -> None:
    here = os.getpid()

    def there() -> str:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return "done"

    assert both(lambda: "mine", there) == ("mine", "done")
