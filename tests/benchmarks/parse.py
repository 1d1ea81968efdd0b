"""Parse all chapters of a book in one process: `python -m benchmarks.parse BOOK`.

Prints the seconds by the clock and those of the processor.
"""

from __future__ import annotations

import gc
import sys
import time
from pathlib import Path

from polybook.book.config import load_config
from polybook.book.toc import load_toc
from polybook.source import parse


def main(folder: Path) -> None:
    """Parse the chapters of the book in ``folder``."""
    config = load_config(folder)
    entries = load_toc(folder)
    # As `polybook check` does: nothing that is read becomes garbage.
    gc.disable()
    start, cpu = time.perf_counter(), time.process_time()
    chapters = [
        parse(
            (folder / entry.path).read_bytes().decode("utf-8"),
            entry.path,
            config.framework_names,
            config.myst,
            config.untagged,
        )
        for entry in entries
    ]
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    assert len(chapters) == len(entries)
    print(seconds, cpu)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
