"""Boxes of code where a page of paper ends."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from latex.printed import build
from PIL import Image
from resources import Polybook, require

GROUND = (246, 247, 249)
# Headings and cells whose distances can shrink, then a cell near the end of the page.
PAGE = """\
# Chapter {skip}

## One

```{{.python .input}}
#@tab all
one = 1
```

## Two

```{{.python .input}}
#@tab all
two = 2
```

## Three

```{{.python .input}}
#@tab all
three = 3
```

```{{raw}} latex
\\vspace*{{{skip}pt}}
```

Text.

```{{.python .input}}
#@tab all
first = 1
second = 2
third = 3
fourth = 4
```
"""


def test_no_box_is_empty_wherever_the_page_ends(
    polybook: Polybook, write_book, tmp_path: Path
) -> None:
    require(shutil.which("xelatex") and shutil.which("pdftoppm"), "XeLaTeX and pdftoppm")
    pages = {f"c{skip}.md": PAGE.format(skip=skip) for skip in range(116, 124)}
    config = (
        "title: Small\n"
        "polybook:\n"
        "  print: {layout: screen}\n"
        "  frameworks: {alpha: {title: Alpha}}\n"
    )
    file = build(polybook, write_book({"index.md": "# Book\n", **pages}, config=config))
    subprocess.run(["pdftoppm", "-r", "100", "-png", file, tmp_path / "page"], check=True)
    pictures = sorted(tmp_path.glob("page-*.png"))
    boxes = {picture.name: list(dark_of_boxes(picture)) for picture in pictures}
    assert sum(map(len, boxes.values())) >= len(pages)
    assert [name for name, dark in boxes.items() if not all(dark)] == []


def dark_of_boxes(picture: Path):
    """Yield for each box of code on a page whether anything stands in it."""
    with Image.open(picture) as opened:
        page = opened.convert("RGB")
    rows = []
    for y in range(page.height):
        row = [page.getpixel((x, y)) for x in range(page.width)]
        if row.count(GROUND) > page.width / 4:
            rows.append(min(map(sum, row)) < 3 * 128)
        elif rows:
            yield any(rows)
            rows = []
