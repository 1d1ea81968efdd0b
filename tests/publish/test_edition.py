"""Editions: the book for one framework, in a format where nothing can be switched."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CONF = """\
project = "Small"
extensions = ["polybook.publish", "sphinx_external_toc"]
external_toc_path = "_toc.yml"
"""
PAGE = """\
# Page

See :eqref:`eq_late`.

:begin_tab:`alpha`
Alpha has it first.
:end_tab:

:begin_tab:`beta, gamma`
Both have it late.

$$x = 1$$
:eqlabel:`eq_late`
:end_tab:

```{.python .input}
#@tab beta
beta_code()
```
"""
ELSEWHERE = """\
---
frameworks: [alpha]
---
# Elsewhere

Nobody else reads this.
"""


def edition(folder: Path, framework: str) -> dict[str, str]:
    """Return the tree of each page in the edition for a framework."""
    (folder / "conf.py").write_text(CONF, encoding="utf-8")
    out = folder / "_build/xml"
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "xml", "-E"]
    done = subprocess.run(
        [*command, "-D", f"polybook_edition={framework}", str(folder), str(out)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {file.stem: file.read_text(encoding="utf-8") for file in out.glob("*.xml")}


@pytest.fixture
def book(write_book) -> Path:
    files = {"index.md": "# Book\n", "page.md": PAGE, "elsewhere.md": ELSEWHERE}
    config = "polybook: {frameworks: {alpha: {}, beta: {}, gamma: {title: Gamma rays}}}\n"
    address = "html: {baseurl: https://example.org/book/}\n"
    return write_book(files, config=f"title: Small\n{config}{address}")


def test_an_edition_shows_one_framework_as_if_there_were_no_other(book: Path) -> None:
    page = edition(book, "beta")["page"]
    assert "beta_code()" in page and "Both have it late." in page
    assert "Alpha" not in page and "Beta" not in page and "amma" not in page.split("</title>")[1]


def test_a_label_is_found_in_the_edition_of_each_framework_that_has_it(book: Path) -> None:
    pages = {name: edition(book, name)["page"] for name in ("beta", "gamma")}
    for page in pages.values():
        assert page.count("x = 1") == 1 and page.count('ids="equation-eq-late"') == 1
    assert "beta_code" not in pages["gamma"]


def test_a_page_of_others_keeps_its_title_and_says_where_it_is(book: Path) -> None:
    page = edition(book, "gamma")["elsewhere"]
    assert "Elsewhere" in page and "This page is not written for Gamma rays." in page
    assert "https://example.org/book/elsewhere.html" in page
    assert "Nobody else" not in page
