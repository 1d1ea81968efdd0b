"""The command ``polybook``: a clear word when its packages are not installed."""

from __future__ import annotations

import sys

from polybook.unchanged import asked_of, last_build


def main() -> None:
    """Run the command line."""
    if _is_done(sys.argv[1:]):
        return
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
    run()


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
