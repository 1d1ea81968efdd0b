"""A book of three pages and two frameworks, whose chapter `deep/one.md` the test writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from resources import write_files

from polybook.book import Book, load_book

CONFIG = """\
polybook:
  frameworks:
    alpha:
    beta:
sphinx:
  config:
    bibtex_bibfiles: [works.bib]
"""
TOC = """\
format: jb-book
root: index
options:
  numbered: true
chapters:
  - file: deep/index
    sections:
      - file: deep/one
      - file: deep/beta-only
"""
WORKS = """\
@article{Alpha.2001, author = {Alpha, A and Beta, B}, title = {T}, year = 2001, doi = {10.1/x}}
@article{Gamma.2002, author = {Gamma, G}, title = {U}, year = 2002}
"""
PICTURE = b"a picture"


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Book]:
    """Write the book with ``text`` as its chapter 1.1 and load it."""

    def make(text: str, config: str = CONFIG) -> Book:
        files = {
            "_config.yml": config,
            "_toc.yml": TOC,
            "works.bib": WORKS,
            "index.md": "# Book\n:label:`sec_book`\n",
            "deep/index.md": "# Deep\n:label:`sec_deep`\n\n$$x$$\n:eqlabel:`eq_deep`\n",
            "deep/beta-only.md": (
                "# Beta Only\n:label:`sec_beta`\n\n```{.python .input}\n#@tab beta\n1\n```\n"
            ),
            "deep/one.md": text,
        }
        write_files(tmp_path, files)
        picture = tmp_path / "img" / "cat.png"
        picture.parent.mkdir(exist_ok=True)
        picture.write_bytes(PICTURE)
        return load_book(tmp_path)

    return make
