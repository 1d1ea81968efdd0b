"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

_SUFFIX = ".tmp"


def write_whole(file: Path, data: bytes) -> None:
    """Write ``data`` aside and rename it into place; missing folders are made.

    Who reads the file meanwhile, also from another machine, reads the old
    content or the new one.

    Raises:
        OSError: It cannot be written; the file is as it was.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f".{file.stem}.{secrets.token_hex(8)}{_SUFFIX}")
    try:
        with aside.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(aside, file)
    finally:
        aside.unlink(missing_ok=True)


def is_half_written(file: Path) -> bool:
    """Say whether this is what :func:`write_whole` writes aside."""
    return file.name.startswith(".") and file.suffix == _SUFFIX
