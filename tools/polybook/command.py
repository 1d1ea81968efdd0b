"""The command ``polybook``: a clear word when its packages are not installed."""

from __future__ import annotations

import atexit
import os
import sys
from contextlib import suppress

from polybook.unchanged import asked_of, last_build


def main() -> None:
    """Run the command line."""
    if _is_done(sys.argv[1:]):
        return
    status: int | None = None

    def leave() -> None:
        # To free the objects of a book one by one takes a second, for nothing.
        if status is not None and os.getpid() == process:
            with suppress(OSError):
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)

    process = os.getpid()
    # The first to be registered is the last to be called, when all others have cleaned up.
    atexit.register(leave)
    try:
        from polybook.cli import main as run
    except ModuleNotFoundError as error:
        # d2l's readers install this distribution without the toolchain's packages.
        print(
            f"polybook: the package '{error.name}' is not installed.\n"
            "    polybook builds books; install what it needs with "
            "`pip install -r requirements.txt`, or type `make env`.",
            file=sys.stderr,
        )
        sys.exit(1)
    try:
        run()
        status = 0
    except SystemExit as ended:
        if ended.code is None or isinstance(ended.code, int):
            status = ended.code or 0
        raise


def _is_done(words: list[str]) -> bool:
    """Tell whether the words ask for a website that is there, and say so."""
    asked = asked_of(words)
    done = last_build(*asked) if asked else None
    if done is None:
        return False
    warned, summary = done
    for line in warned:
        print(line, file=sys.stderr)
    print(f"{summary}; nothing has changed")
    return True
