"""The command ``polybook``: a clear word when its packages are not installed."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line."""
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
