"""Where tests find books and programs."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parent.parent
BOOKS = Path(__file__).parent / "books"


@contextmanager
def without_test_name() -> Iterator[None]:
    """Keep the variable with the running test's name from kernels, which it would tell apart."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTEST_CURRENT_TEST", raising=False)
        yield


Polybook = Callable[..., subprocess.CompletedProcess[str]]


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write texts into ``folder`` under their paths in it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def write_wheel(folder: Path, name: str, version: str, files: dict[str, str]) -> None:
    """Write a wheel of modules into ``folder``, for pip to install."""
    info = f"{name}-{version}.dist-info"
    files = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for file, text in files.items():
            wheel.writestr(file, text)


def stored_notebooks(store: Path) -> dict[Path, Any]:
    """Return all notebooks of a store with their records, by the place of the records.

    The time and the memory that a run took differ from run to run and are left out.
    """
    found = {}
    for file in sorted((store / "records").rglob("*.json")):
        record = json.loads(file.read_text(encoding="utf-8"))["record"]
        for volatile in ("seconds", "peak_memory"):
            del record[volatile]
        sha256 = record["sha256"]
        notebook = store / "objects" / sha256[:2] / f"{sha256}.ipynb"
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        found[file.relative_to(store)] = {"record": record, "cells": cells}
    return found


def differences(first: Any, second: Any, place: str = "") -> list[str]:
    """Return where two trees of JSON differ, a line each.

    pytest prints both trees whole; for the notebooks of a book that hides what differs.
    """
    if isinstance(first, list) and isinstance(second, list):
        longest = range(max(len(first), len(second)))
        first, second = ({i: v[i] for i in longest if i < len(v)} for v in (first, second))
    if isinstance(first, dict) and isinstance(second, dict):
        return [
            line
            for key in {**first, **second}
            for line in differences(first.get(key, ...), second.get(key, ...), f"{place}/{key}")
        ]
    return [] if first == second else [f"{place}: {first!r} or {second!r}"]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a website on loopback; gives its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def require(condition: object, what: str) -> None:
    """Skip the test where ``what`` is missing; fail in CI, which installs everything."""
    if condition:
        return
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing, and CI must have it")
    pytest.skip(f"needs {what}")
