"""Where tests find books and programs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
BOOKS = Path(__file__).parent / "books"

Polybook = Callable[..., subprocess.CompletedProcess[str]]


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write texts into ``folder`` under their paths in it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def require(condition: object, what: str) -> None:
    """Skip the test where ``what`` is missing; fail in CI, which installs everything."""
    if condition:
        return
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing, and CI must have it")
    pytest.skip(f"needs {what}")
