"""A book with one notebook, as LaTeX."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from resources import require

CONF = """\
project = "Small"
extensions = ["polybook.publish", "sphinx_external_toc"]
external_toc_path = "_toc.yml"
latex_engine = "xelatex"
nb_execution_mode = "off"
exclude_patterns = ["_build"]
"""
CONFIG = "title: Small\npolybook: {frameworks: {alpha: {}}}\n"


def shown(**data: Any) -> dict[str, Any]:
    """Return the output of a cell in these forms: ``text_html`` stands for ``text/html``."""
    forms = {name.replace("_", "/", 1).replace("svg", "svg+xml"): d for name, d in data.items()}
    return {"output_type": "display_data", "metadata": {}, "data": forms}


@pytest.fixture
def drawings() -> None:
    """Skip the test where drawings cannot be converted."""
    require(shutil.which("rsvg-convert"), "rsvg-convert (Debian's package librsvg2-bin)")


@pytest.fixture
def latex(write_book: Callable[..., Path]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Write a book with a page of these outputs, or of this Markdown, and make LaTeX of it.

    The result's ``tex`` has the text and its ``folder`` the files.
    """

    def make(
        *outputs: dict[str, Any],
        page: str = "",
        config: str = "",
        files: dict[str, str] | None = None,
        environ: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        cells = [
            {
                "cell_type": "code",
                "execution_count": None,
                "id": f"cell-{at}",
                "metadata": {},
                "outputs": [output],
                "source": "show()",
            }
            for at, output in enumerate(outputs)
        ]
        title = {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# Outputs"}
        notebook = {"cells": [title, *cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        toc = "format: jb-book\nroot: index\nchapters:\n  - file: page\n"
        pages = {"index.md": "# Book\n"}
        name = "page.md" if page else "page.ipynb"
        pages[name] = page or json.dumps(notebook)
        folder = write_book(pages, toc=toc, config=CONFIG + config, files=files or {})
        (folder / "conf.py").write_text(CONF, encoding="utf-8")
        out = folder / "_build/latex"
        done = subprocess.run(
            [sys.executable, "-m", "sphinx", "-q", "-b", "latex", str(folder), str(out)],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            env=environ,
        )
        made = out / "small.tex"
        done.tex = made.read_text(encoding="utf-8") if made.is_file() else ""
        done.folder = out
        return done

    return make
