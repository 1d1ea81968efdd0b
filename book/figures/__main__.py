"""Draw all figures into the chapters' folder of pictures, or tell which of them differ.

    python -m book.figures
    python -m book.figures --check

Each module of this folder with a function `draw`, which returns the text of an SVG file, is a
figure. The figure has the module's name, with hyphens in the place of underscores.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent
PICTURES = HERE.parents[1] / "chapters/img"


def figures() -> dict[str, str]:
    """Return the text of each figure by the name of its file."""
    drawn = {}
    for file in sorted(HERE.glob("*.py")):
        if file.stem == "__main__":
            continue
        module = import_module(f"book.figures.{file.stem}")
        if hasattr(module, "draw"):
            drawn[f"{file.stem.replace('_', '-')}.svg"] = module.draw()
    return drawn


def main() -> int:
    """Draw or check, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m book.figures", description=__doc__)
    parser.add_argument("--check", action="store_true", help="list the files that differ")
    check = parser.parse_args().check
    differing = []
    for name, text in figures().items():
        file = PICTURES / name
        old = file.read_text(encoding="utf-8") if file.exists() else None
        if old == text:
            continue
        differing.append(file.relative_to(HERE.parents[1]))
        if not check:
            file.write_text(text, encoding="utf-8", newline="\n")
    for path in differing:
        print(f"{path}: differs from its script; run `make figures`" if check else f"drew {path}")
    return 1 if check and differing else 0


if __name__ == "__main__":
    sys.exit(main())
