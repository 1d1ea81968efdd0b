"""A long book is set by two passes of XeLaTeX: its halves at the same time, then the whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader
from resources import Polybook, require

PAGES = 60
PAGE = """\
# Chapter {at}
:label:`sec_{at}`

Works :cite:`Alpha.2001`, {{index}}`entry {at}`, a note[^1], :numref:`fig_{at}`, :numref:`sec_{to}`.

[^1]: Of chapter {at}.

![Dot {at}.](book-first.png)
:label:`fig_{at}`

1. One
1. Two

:Values of chapter {at}

| a | b |
|---|---|
| 1 | 2 |
:label:`tab_{at}`

## Inner

$$x = {at} \\quad y = 1234567890$$
:eqlabel:`eq_{at}`

```{{.python .input}}
print({at})
```
"""
CONFIG = """\
title: Long
sphinx:
  extra_extensions: [sphinxcontrib.bibtex]
  config: {bibtex_bibfiles: [works.bib]}
polybook: {frameworks: {alpha: {}}}
"""
WORKS = "@book{Alpha.2001, author={Anna Alpha}, title={Works}, publisher={Press}, year={2001}}\n"
# It notes which file each pass is over.
XELATEX = """\
#!/bin/sh
for last; do :; done
echo "$last" >> "$PASSES"
exec {real} "$@"
"""


@pytest.fixture
def book(write_book: Callable[..., Path]) -> Path:
    require(shutil.which("xelatex"), "XeLaTeX")
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("halves are set at the same time where there are two cores")
    chapters = [f"p{at}" for at in range(1, PAGES)]
    pages = {
        "index.md": "# Book\n",
        "preface.md": "# Preface\n\nWords.\n",
        "works.md": "# Works\n\n:bibliography:`works.bib`\n",
    }
    for at, chapter in enumerate(chapters, 1):
        pages[f"{chapter}.md"] = PAGE.format(at=at, to=(at + PAGES // 2) % PAGES or 1)
    parts = [
        "format: jb-book\nroot: index\nparts:\n  - caption: Before\n    chapters:",
        "      - file: preface",
        "  - caption: Within\n    numbered: true\n    chapters:",
        *(f"      - file: {chapter}" for chapter in chapters),
        "  - caption: After\n    chapters:\n      - file: works\n",
    ]
    folder = write_book(pages, toc="\n".join(parts), config=CONFIG, works=WORKS)
    # A picture may be called like the files that TeX leaves of a half.
    Image.new("RGB", (9, 9)).save(folder / "book-first.png")
    return folder


@pytest.fixture
def passes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return variables with which XeLaTeX notes its passes in the file ``PASSES``."""
    folder = tmp_path_factory.mktemp("programs")
    program = folder / "xelatex"
    program.write_text(XELATEX.format(real=shutil.which("xelatex")), encoding="utf-8")
    program.chmod(0o755)
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "PASSES": str(folder / "passes")}


def test_one_pass_over_the_whole_book_follows_those_over_its_halves(
    polybook: Polybook, book: Path, passes: dict[str, str]
) -> None:
    words = ("build", "pdf", "--no-execute", "--book", book)
    done = polybook(*words, **passes)
    assert done.returncode == 0, done.stderr
    made = book / "_build/pdf/long-alpha.pdf"
    _check_links(made)
    halves, whole = _passes(passes)[:2], _passes(passes)[2:]
    assert sorted(halves) == ["book-first.tex", "book-second.tex"]
    assert whole == ["book.tex"]
    # With one core the whole book is set twice, which gives the same.
    before = made.read_bytes()
    for folder in ("latex", "pdf"):
        shutil.rmtree(book / "_build" / folder)
    Path(passes["PASSES"]).unlink()
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        assert polybook(*words, **passes).returncode == 0
    finally:
        os.sched_setaffinity(0, cores)
    assert _passes(passes) == ["book.tex", "book.tex"]
    assert made.read_bytes() == before


def _passes(environ: dict[str, str]) -> list[str]:
    """Return over which files XeLaTeX has gone."""
    noted = Path(environ["PASSES"]).read_text("utf-8").split()
    return [line for line in noted if line != "--version"]


def _check_links(file: Path) -> None:
    """Check that each link on a page to a figure leads to the page that shows it."""
    reader = PdfReader(file)
    places = reader.named_destinations
    texts = [page.extract_text() for page in reader.pages]
    seen = 0
    for text, page in zip(texts, reader.pages, strict=True):
        for each in page.get("/Annots", ()):
            name = str(each.get_object().get("/A", {}).get("/D", ""))
            if name.startswith("figure."):
                number = name.removeprefix("figure.")
                target = reader.get_destination_page_number(places[name])
                assert f"Fig. {number}" in texts[target] or f"Figure {number}" in texts[target]
                seen += number in text
    assert seen >= PAGES - 1
