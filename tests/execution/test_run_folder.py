"""What an execution leaves: nothing, and nothing of those that were killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from polybook.execution.run_folder import run_folder

HOLD = """
import sys
from pathlib import Path
from polybook.execution.run_folder import run_folder

with run_folder(Path(sys.argv[1])) as folder:
    (folder / "work").mkdir()
    print(folder.name, flush=True)
    sys.stdin.read()
"""


def folders(parent: Path) -> list[str]:
    return sorted(path.name for path in parent.iterdir() if path.is_dir())


def test_the_folder_of_a_killed_execution_goes_with_the_next(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    theirs = process.stdout.readline().strip()
    # As long as it lives its folder is left alone.
    with run_folder(tmp_path) as mine:
        assert folders(tmp_path) == sorted([mine.name, theirs])
    assert folders(tmp_path) == [theirs]
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert folders(tmp_path) == [theirs]
    with run_folder(tmp_path) as mine:
        assert folders(tmp_path) == [mine.name]
    assert folders(tmp_path) == []


def test_the_folder_is_gone_after_an_error(tmp_path: Path) -> None:
    try:
        with run_folder(tmp_path / "build") as folder:
            (folder / "file").write_text("x")
            raise ZeroDivisionError
    except ZeroDivisionError:
        assert folders(tmp_path / "build") == []
