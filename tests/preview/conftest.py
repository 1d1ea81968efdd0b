"""A book that is served while tests edit it."""

from __future__ import annotations

import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import pytest

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
_PATIENCE = 120


@attrs.define
class Author:
    """Somebody who writes a book and looks at it.

    Attributes:
        folder: The book's folder.
        address: Of the preview.
        process: The preview.
    """

    folder: Path
    address: str
    process: subprocess.Popen[str]
    _lines: queue.Queue[str]

    def replace(self, name: str, old: str, new: str) -> None:
        """Edit a file and save it as editors do: beside it, then in its place."""
        file = self.folder / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        aside = file.with_name(f".{file.name}.saved")
        aside.write_text(text.replace(old, new, 1), encoding="utf-8")
        aside.replace(file)

    def said(self, part: str) -> str:
        """Wait until the preview says something on the terminal."""
        while True:
            line = self._lines.get(timeout=_PATIENCE)
            if part in line:
                return line

    def stop(self) -> int:
        """Type Ctrl-C and return the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(_PATIENCE)


Serving = Callable[..., "contextmanager[Author]"]


@contextmanager
def served(folder: Path, *words: str) -> Iterator[Author]:
    """Serve a book until the block ends; nothing of it may be left then."""
    process = subprocess.Popen(
        [sys.executable, "-m", "polybook", "--book", str(folder), "serve", "--port", "0", *words],
        env={name: each for name, each in os.environ.items() if name != "PYTEST_CURRENT_TEST"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines: queue.Queue[str] = queue.Queue()

    def read() -> None:
        for line in process.stdout or ():
            lines.put(line)

    reading = threading.Thread(target=read, daemon=True)
    reading.start()
    author = Author(folder, "", process, lines)
    try:
        found = _ADDRESS.search(author.said("the book is at"))
        assert found
        author.address = found[0]
        yield author
        assert author.stop() == 0
        assert not list((folder / "_build").glob("run-*/")), "a folder of the preview is left"
    finally:
        process.kill()
        process.wait()
        reading.join()


@pytest.fixture
def author(tiny_book: Path) -> Iterator[Author]:
    """Return an author of the tiny book, whose cells do not run."""
    with served(tiny_book, "--no-execute") as author:
        author.said("pages open")
        yield author
