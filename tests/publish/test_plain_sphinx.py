"""The extension in a project of Sphinx's own kind, with a conf.py and without Jupyter Book."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

CONF = """\
project = "A Tiny Book"
author = "Its author"
extensions = ["sphinx_external_toc", "sphinxcontrib.bibtex", "polybook.publish"]
external_toc_path = "_toc.yml"
bibtex_bibfiles = ["works.bib"]
exclude_patterns = ["_build"]
nb_execution_mode = "off"
"""


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_sphinx_build_makes_the_website(tiny_book: Path, jobs: str) -> None:
    (tiny_book / "conf.py").write_text(CONF, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "-b", "html", "-j", jobs, ".", "_build/html"],
        cwd=tiny_book,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    site = tiny_book / "_build/html"
    page = BeautifulSoup((site / "guide/numbers.html").read_bytes(), "html.parser")
    assert page.html["data-page-frameworks"] == "alpha beta"
    assert {each["data-framework"] for each in page.select(".framework-panel")} == {"alpha", "beta"}
    assert page.select_one("nav.site-contents [aria-current=page]").get_text() == "1.1 Numbers"
    assert page.select_one("mjx-container math")
    assert (site / "notebooks/beta/guide/numbers.ipynb").is_file()
    assert (site / "pagefind/pagefind.js").is_file()
