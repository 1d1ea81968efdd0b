"""What all tests share: books to work on, the command line, the browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import hypothesis
import pytest
from resources import BOOKS, Polybook, require

# The same examples on every machine: a test that passes here passes in CI.
hypothesis.settings.register_profile("same", derandomize=True, database=None, deadline=None)
hypothesis.settings.load_profile("same")


@pytest.fixture
def tiny_book(tmp_path: Path) -> Path:
    """Return a copy of the tiny book, whose frameworks are called alpha and beta."""
    return Path(shutil.copytree(BOOKS / "tiny", tmp_path / "tiny"))


@pytest.fixture(scope="session")
def polybook() -> Polybook:
    """Return a function that types ``polybook`` with the given words."""

    def run(
        *words: object, cwd: Path | None = None, **environ: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "polybook", *map(str, words)],
            cwd=cwd,
            env={**os.environ, "COLUMNS": "100", **environ},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of the system's Chromium."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    require(found, "Chromium (Debian's package chromium)")
    return str(found)
