"""Pagefind, the program that indexes, as a service that is handed records and hands back files.

Files come through a pipe and not from a folder: Pagefind 1.5 does not wait until the last bytes of
the files that it writes are on the disk.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Thread
from typing import IO, Any

from polybook.source import BookError, Diagnostic

# The files of Pagefind's own interface, of which our pages load none.
_INTERFACE = re.compile(r"pagefind-.*\.(?:css|js)")


class SearchError(BookError):
    """Pagefind is missing or has failed."""


def run_pagefind(indexes: Sequence[Mapping[str, str]]) -> list[dict[str, bytes]]:
    """Return the files of each index by their names, without those of Pagefind's own interface.

    Args:
        indexes: For each index HTML by the name that the record is to have, as the address of a
            page.

    Raises:
        SearchError: Pagefind is missing or has failed.
    """
    requests: list[dict[str, Any]] = []
    # The indexes have numbers in the order in which they are made.
    for number, records in enumerate(indexes):
        requests.append({"type": "NewIndex", "config": {}})
        for name, html in records.items():
            place = {"index_id": number, "file_path": None, "url": f"/{name}"}
            requests.append({"type": "AddFile", **place, "file_contents": html})
        requests.append({"type": "GetFiles", "index_id": number})
    process = subprocess.Popen(
        [_program(), "--service"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin and process.stdout
    # What it answers must be read while it is asked, or both would wait. Its input stays open
    # until it has answered: it would stop at the end of it.
    asking = Thread(target=_ask, args=(process.stdin, requests), daemon=True)
    asking.start()
    try:
        found = list(_answers(process.stdout, len(requests)))
    finally:
        process.kill()
        asking.join()
        with suppress(OSError):
            process.stdin.close()
        process.stdout.close()
        process.wait()
    return [
        {
            each["path"]: base64.b64decode(each["content"])
            for each in files
            if not _INTERFACE.fullmatch(each["path"])
        }
        for files in found
    ]


def pagefind_version() -> str:
    """Return the version of Pagefind; empty where it is missing."""
    try:
        return version("pagefind_bin_extended")
    except PackageNotFoundError:
        return ""


def _program() -> Path:
    try:
        from pagefind_bin_extended import get_executable

        return get_executable()
    except (ImportError, FileNotFoundError):
        raise _failed(
            "Pagefind, which makes the search, is not installed",
            "pip install pagefind-bin-extended",
        ) from None


def _ask(pipe: IO[bytes], requests: Iterable[Mapping[str, Any]]) -> None:
    # If it has stopped, whoever waits for the answers says so.
    with suppress(OSError):
        for number, request in enumerate(requests):
            message = json.dumps({"message_id": number, "payload": request})
            pipe.write(base64.b64encode(message.encode()) + b",")
        pipe.flush()


def _answers(pipe: IO[bytes], count: int) -> Iterator[list[dict[str, str]]]:
    """Yield the files of each index, which come among ``count`` answers."""
    answered = 0
    pieces: list[bytes] = []
    while answered < count and (chunk := pipe.read1(1 << 20)):  # type: ignore[attr-defined]
        first, *others = chunk.split(b",")
        pieces.append(first)
        if not others:
            continue
        messages = [b"".join(pieces), *others[:-1]]
        pieces = [others[-1]]
        for message in messages:
            try:
                payload = json.loads(base64.b64decode(message))["payload"]
            except (binascii.Error, ValueError, KeyError):
                raise _failed(f"Pagefind stopped: {message[:200]!r}") from None
            if payload["type"] == "Error":
                raise _failed(f"Pagefind stopped: {payload['message']}")
            if payload["type"] == "GetFiles":
                yield payload["files"]
            answered += 1
    if answered < count:
        raise _failed(f"Pagefind stopped after {answered} of {count} requests")


def _failed(message: str, suggestion: str = "") -> SearchError:
    return SearchError(Diagnostic("_config.yml", 1, 1, "search-failed", message, suggestion))
