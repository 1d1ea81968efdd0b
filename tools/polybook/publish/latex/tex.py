"""TeX's programs, so run that equal input gives equal output."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_OPTIONS = ("-no-pdf", "-interaction=nonstopmode", "-file-line-error", "-no-shell-escape")


def run(folder: Path, command: list[str]) -> subprocess.CompletedProcess[bytes]:
    """Run a program of TeX in ``folder``, whatever comes of it."""
    return subprocess.run(
        command,
        cwd=folder,
        env=_environment(),
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def run_tex(folder: Path, file: str) -> subprocess.CompletedProcess[bytes]:
    """Run XeLaTeX over a file in ``folder``; its output is no PDF yet."""
    return run(folder, ["xelatex", *_OPTIONS, file])


def _environment() -> dict[str, str]:
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "0")
    return {
        **os.environ,
        "SOURCE_DATE_EPOCH": epoch,
        "FORCE_SOURCE_DATE": "1",
        # Lines of the log are not broken, and large books fit.
        "max_print_line": "1000",
        "main_memory": "12000000",
    }
