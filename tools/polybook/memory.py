"""Results that are kept from one run to the next, of functions that give the same for the same.

They are kept for the programs that computed them: others may compute something else.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from polybook.programs import program_state

MEMORY = "memory"
"""Folder below a book's build folder of what is remembered from run to run."""

Result = TypeVar("Result")
# Bytes in front of the rest, for what is unpickled later must be sound too.
_DIGEST = hashlib.sha256().digest_size


class Memory:
    """Results in a file.

    What nobody has asked for since the file was read is forgotten once it is
    the larger part. A file that is missing, damaged or of other programs is as
    good as an empty one.

    Args:
        file: Where they are kept.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._before: dict[str, Any] = _read(file)
        self._now: dict[str, Any] = {}

    def knows(self, key: str) -> bool:
        """Tell whether there is a result under ``key``."""
        return key in self._now or key in self._before

    def recall(self, key: str, compute: Callable[[], Result]) -> Result:
        """Return the result under ``key``; compute it if there is none.

        Args:
            key: Tells everything that the result depends on.
            compute: Returns something that can be pickled.
        """
        if key not in self._now:
            self._now[key] = self._before[key] if key in self._before else compute()
        return self._now[key]  # type: ignore[no-any-return]

    @property
    def recalled(self) -> dict[str, Any]:
        """What was asked for, by key."""
        return self._now

    def learn(self, results: Mapping[str, Any]) -> None:
        """Take over what a side process was asked for."""
        self._now.update(results)

    def save(self) -> None:
        """Write the results, if there are new ones or most are of no use any more."""
        unused = self._before.keys() - self._now.keys()
        forget = len(unused) > len(self._now)
        if not forget and self._now.keys() <= self._before.keys():
            return
        kept = self._now if forget else {**self._before, **self._now}
        data = pickle.dumps((program_state(), kept), pickle.HIGHEST_PROTOCOL)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        aside = self._file.with_name(f".{self._file.name}.{os.getpid()}")
        try:
            aside.write_bytes(hashlib.sha256(data).digest() + data)
            os.replace(aside, self._file)
        finally:
            aside.unlink(missing_ok=True)


def _read(file: Path) -> dict[str, Any]:
    try:
        content = file.read_bytes()
        digest, data = content[:_DIGEST], memoryview(content)[_DIGEST:]
        if digest != hashlib.sha256(data).digest():
            return {}
        state, results = pickle.loads(data)
    except Exception:
        # Whatever is wrong with it, everything can be computed again.
        return {}
    return results if state == program_state() and isinstance(results, dict) else {}
