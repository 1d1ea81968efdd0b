"""Read a book as Jupyter Book does, without polybook: `python -m benchmarks.read_phase BOOK`.

Sphinx's read phase with the extensions of Jupyter Book and the book's own `_config.yml`, less
`polybook:` and all extensions that the book adds; nothing is executed, nothing is written into
the book's folder. What Jupyter Book does not know in the dialect it reads as text, with warnings.
Prints the seconds of the phase alone, by the clock and of the processor, without start-up and
without the writing of pages.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from pathlib import Path

import yaml
from jupyter_book.config import get_final_config
from sphinx.application import Sphinx


def plain_config(folder: Path) -> dict[str, object]:
    """Return the book's configuration as plain Jupyter Book would have it."""
    config = yaml.safe_load((folder / "_config.yml").read_text(encoding="utf-8")) or {}
    config.pop("polybook", None)
    config["execute"] = {"execute_notebooks": "off"}
    config["only_build_toc_files"] = True
    for name in ("extra_extensions", "local_extensions"):
        config.get("sphinx", {}).pop(name, None)
    return config


def main(folder: Path) -> None:
    """Read the book in ``folder``."""
    with tempfile.TemporaryDirectory() as scratch:
        config_file = Path(scratch) / "_config.yml"
        config_file.write_text(yaml.safe_dump(plain_config(folder)), encoding="utf-8")
        config, _ = get_final_config(
            user_yaml=config_file,
            cli_config={"latex_individualpages": False},
            sourcedir=folder,
        )
        app = Sphinx(
            srcdir=folder,
            confdir=None,
            outdir=f"{scratch}/html",
            doctreedir=f"{scratch}/doctrees",
            buildername="html",
            confoverrides=config,
            status=None,
            warning=io.StringIO(),
        )
        start, cpu = time.perf_counter(), time.process_time()
        app.builder.read()
        print(time.perf_counter() - start, time.process_time() - cpu)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
