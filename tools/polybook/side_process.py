"""Doing two things at the same time, the second in a forked process."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import TypeVar

Here = TypeVar("Here")
There = TypeVar("There")


MANY = 50
"""Pages or notebooks from which on a second process is worth its start."""


def worth_sharing(count: int) -> bool:
    """Whether to do half of the work that ``count`` pages or notebooks make in a side process."""
    return count >= MANY and can_share()


def can_share() -> bool:
    """Whether a forked process is safe, as no other thread holds a lock, and has a core."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    return cores > 1 and threading.active_count() == 1


def both(here: Callable[[], Here], there: Callable[[], There]) -> tuple[Here, There]:
    """Return what ``here`` and ``there`` return.

    The forked process has all that this one had, and hands back its result
    alone, which is best small: it is pickled and read again.

    Raises:
        Exception: Whatever ``here`` or ``there`` raises.
    """
    result = begin(there)
    mine = here()
    return mine, result()


def begin(there: Callable[[], There]) -> Callable[[], There]:
    """Begin with ``there`` in a forked process, and return what waits for its result."""
    # Forked, for then all that was read is there already.
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    side = context.Process(target=_send, args=(sending, there), daemon=True)
    side.start()
    sending.close()

    def result() -> There:
        try:
            theirs: There = receiving.recv()
        except EOFError:
            # Whatever befell it befalls us here, where it is reported.
            theirs = there()
        side.join()
        return theirs

    return result


def _send(sending: Connection, there: Callable[[], object]) -> None:
    try:
        result = there()
    except Exception:
        return
    sending.send(result)
