"""Tab sets in formats where nothing can be switched: each panel under its framework's title."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PAGE = """\
# Page

```{.python .input}
#@tab alpha
alpha_code()
```

```{.python .input}
#@tab beta
beta_code()
```
"""
CONF = """\
project = "Small"
extensions = ["polybook.publish", "sphinx_external_toc"]
external_toc_path = "_toc.yml"
epub_show_urls = "no"
"""


def build(folder: Path, builder: str) -> Path:
    """Build with plain Sphinx and return the folder of what was made."""
    (folder / "conf.py").write_text(CONF, encoding="utf-8")
    out = folder / "_build" / builder
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-b", builder, str(folder), str(out)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return out


@pytest.mark.parametrize(
    ("builder", "file"), [("text", "page.txt"), ("latex", "small.tex"), ("epub", "Small.epub")]
)
def test_all_panels_are_shown(write_book, builder: str, file: str) -> None:
    folder = write_book({"index.md": "# Book\n", "page.md": PAGE})
    made = build(folder, builder) / file
    if builder == "epub":
        with zipfile.ZipFile(made) as archive:
            text = archive.read("page.xhtml").decode()
        assert "<button" not in text and 'role="tab"' not in text
    else:
        text = made.read_text(encoding="utf-8")
    code = re.compile(r"<[^>]*>|\\").sub("", text.replace("PYGZus{}", "_"))
    places = [code.rindex(word) for word in ("Alpha", "alpha_code", "Beta", "beta_code")]
    assert places == sorted(places)
