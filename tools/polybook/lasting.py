"""Reading much that stays: the collector of garbage is told to leave it alone."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def lasting() -> Iterator[None]:
    """Keep what is made inside until the process ends, or nothing refers to it any more.

    A book is many small objects, none of them garbage. Looking for garbage in
    them over and over takes up to half of the time that making them does.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.freeze()
            gc.enable()


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Look for garbage a hundred times less often, also in processes that are forked inside.

    For work that makes many objects which live for a while, as pages do: the
    collector otherwise takes almost half of the time, and what there is of garbage
    is soon freed without it.
    """
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 1_000)
    try:
        yield
    finally:
        gc.set_threshold(*before)
