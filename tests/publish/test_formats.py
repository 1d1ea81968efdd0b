"""Chapters of other formats beside those of the dialect, and books without frameworks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup, Tag
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from resources import Polybook

CONFIG = """\
title: Book
polybook:
  frameworks:
    alpha:
      library: lib.alpha
    beta:
      library: lib.beta
execute:
  execute_notebooks: "off"
sphinx:
  extra_extensions: [polybook.publish]
"""
TOC = """\
format: jb-book
root: index
options:
  numbered: true
chapters:
  - file: dialect
  - file: plain
  - file: written
"""
DIALECT = """\
# Dialect

See :numref:`sec_plain`, :numref:`sec_written`, :numref:`fig_dot` and :eqref:`eq_written`.

```{.python .input}
#@tab all
def double(x):  #@save
    return 2 * x
```
"""
PLAIN = """\
---
kernelspec:
  name: python3
  display_name: Python 3
---

(sec_plain)=
# Plain MyST

```{code-cell} ipython3
:tags: [framework-alpha]
print("alpha by tag")
```

```{code-cell} ipython3
:framework: beta
print("beta by option")
```

```{code-cell} ipython3
:framework: all
:tags: [hide-input]
6 * 7
```
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="9"/></svg>\n'


def written() -> str:
    """Return a chapter as somebody has saved it from Jupyter."""
    stored = [new_output("execute_result", data={"text/plain": "'stored 42'"}, execution_count=1)]
    cells = [
        new_markdown_cell("(sec_written)=\n# Written in Jupyter"),
        new_markdown_cell("See {numref}`sec_plain`.\n\n$$x^2$$ (eq_written)"),
        new_markdown_cell("![A dot](dot.svg)\n:label:`fig_dot`"),
        new_code_cell("40 + 2", metadata={"tags": ["framework-alpha"]}, outputs=stored),
        new_code_cell("print('beta alone')", metadata={"tags": ["framework-beta"]}),
    ]
    return nbformat.writes(new_notebook(cells=cells)) + "\n"


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text(text, encoding="utf-8")


def article(folder: Path, name: str) -> Tag:
    soup = BeautifulSoup((folder / name).read_text(encoding="utf-8"), "html.parser")
    found = soup.find("article")
    assert isinstance(found, Tag)
    return found


def panels(page: Tag) -> list[dict[str, str]]:
    """Return the text of each tab set's panels by framework."""
    return [
        {
            panel["data-framework"]: panel.get_text()
            for panel in tabs.find_all("div", class_="framework-panel", recursive=False)
        }
        for tabs in page.select(".framework-tabs")
    ]


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a book of three formats, rendered without running anything."""
    folder = tmp_path_factory.mktemp("mixed")
    pages = {"index.md": "# Book\n", "dialect.md": DIALECT, "plain.md": PLAIN}
    config = {"_config.yml": CONFIG, "_toc.yml": TOC, "dot.svg": SVG}
    write(folder, {**pages, **config, "written.ipynb": written()})
    command = ["-m", "polybook", "build", "html", "--no-execute", "--book", str(folder)]
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    # All but those of written.ipynb, which brings its outputs along.
    assert "4 of 6 notebooks have no up-to-date outputs" in done.stderr
    return folder


def test_labels_of_all_formats_have_numbers(mixed: Path) -> None:
    page = article(mixed / "_build/html", "dialect.html")
    links = {link.get_text(): link["href"] for link in page.select("p a.reference")}
    assert links == {
        "Section 2": "plain.html#sec-plain",
        "Section 3": "written.html#sec-written",
        "Fig. 3.1": "written.html#fig-dot",
        "(3.1)": "written.html#equation-eq-written",
    }


def test_a_myst_chapter_has_tabs(mixed: Path) -> None:
    page = article(mixed / "_build/html", "plain.html")
    (shown,) = panels(page)
    assert list(shown) == ["alpha", "beta"]
    assert "alpha by tag" in shown["alpha"]
    assert "beta by option" in shown["beta"]
    (shared,) = [cell for cell in page.select(".cell") if "6 * 7" in cell.get_text()]
    assert not shared.find_parent(class_="framework-tabs")
    assert "tag_hide-input" in shared["class"]
    assert ":tags:" not in page.get_text()


def test_a_notebook_is_a_page_with_its_outputs(mixed: Path) -> None:
    page = article(mixed / "_build/html", "written.html")
    assert page.h1 is not None
    assert page.h1.get_text().rstrip("#") == "3. Written in Jupyter"
    (shown,) = panels(page)
    assert "40 + 2" in shown["alpha"]
    assert "stored 42" in shown["alpha"]
    assert "beta alone" in shown["beta"]
    assert page.figure is not None
    assert "Fig. 3.1" in page.figure.get_text()
    assert [span.get_text().rstrip("#") for span in page.select(".eqno")] == ["(3.1)"]


def test_a_notebook_has_downloads_for_each_framework(mixed: Path) -> None:
    file = mixed / "_build/html/notebooks/alpha/written.ipynb"
    notebook = nbformat.read(file, as_version=4)
    nbformat.validate(notebook)
    (code,) = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code.source == "40 + 2"
    assert code.outputs[0]["data"]["text/plain"] == "'stored 42'"


def test_a_notebook_runs_like_other_chapters(tmp_path: Path, polybook: Polybook) -> None:
    """What has been run for the book takes the place of what the file holds."""
    text = written().replace("40 + 2", "import lib.alpha; lib.alpha.double(4)")
    files = {"index.md": "# Book\n", "dialect.md": DIALECT.split("\n\n", 2)[2], "plain.md": PLAIN}
    files["dialect.md"] = "# Dialect\n\n" + files["dialect.md"]
    config = {"_config.yml": CONFIG, "_toc.yml": TOC, "dot.svg": SVG}
    write(tmp_path, {**files, **config, "written.ipynb": text})
    done = polybook("build", "html", "--book", tmp_path)
    assert done.returncode == 0, done.stderr
    shown = panels(article(tmp_path / "_build/html", "written.html"))[0]
    assert "8" in shown["alpha"]
    assert "stored" not in shown["alpha"]
    assert (tmp_path / "written.ipynb").read_text(encoding="utf-8") == text


def test_a_failure_in_a_notebook_has_a_line_of_its_file(tmp_path: Path, polybook: Polybook) -> None:
    text = written().replace("40 + 2", "1 / 0")
    write(
        tmp_path,
        {"_config.yml": CONFIG, "_toc.yml": TOC, "dot.svg": SVG, "index.md": "# Book\n"}
        | {"dialect.md": DIALECT, "plain.md": PLAIN, "written.ipynb": text},
    )
    done = polybook("execute", "--book", tmp_path)
    line = next(n for n, row in enumerate(text.split("\n"), 1) if "1 / 0" in row)
    assert done.returncode != 0
    assert f"written.ipynb:{line}:" in done.stderr


JUPYTER_BOOK = {
    "_config.yml": 'title: Plain\nexecute:\n  execute_notebooks: "off"\n'
    "sphinx:\n  config:\n    html_theme: sphinx_book_theme\n",
    "_toc.yml": "format: jb-book\nroot: index\nchapters:\n"
    "- file: text\n- file: written\n- file: cells\n",
    "index.md": "# Plain\n\nA mark :numref:`is` text, `{code}` too: [**x**], (**y**), <eos>.\n",
    "text.md": "# Text\n\n:::{note}\n:name: hint\nRead {ref}`hint`.\n:::\n\n$$\nx\n$$ (eq_x)\n\n"
    "{eq}`eq_x`\n\n![A dot](dot.svg)\n:width:`3px`\n\n```{.python .input}\n#@tab all\n```\n",
    "cells.md": PLAIN,
    "written.ipynb": written(),
    "dot.svg": SVG,
}


def plain(page: Tag) -> tuple[list[str], list[str]]:
    """Return a page's tags and words, but for formulas, which polybook sets, and for scripts."""
    for script in page.select("script"):
        script.decompose()
    for formula in page.select(".math"):
        formula.clear()
    tags = [f"{each.name} {each.get('class')} {each.get('href')}" for each in page.find_all()]
    return tags, page.get_text().split()


def test_a_jupyter_book_without_frameworks_is_left_as_it_is(tmp_path: Path) -> None:
    """The extension changes no byte of an article in a book that has no use for it.

    The theme is another matter, so the book names one.
    """
    pages = {}
    for name, extra in (
        ("without", ""),
        ("with", "  extra_extensions: [polybook.publish]\n"),
    ):
        folder = tmp_path / name / "book"
        write(folder, {**JUPYTER_BOOK, "_config.yml": JUPYTER_BOOK["_config.yml"] + extra})
        done = subprocess.run(
            [Path(sys.executable).with_name("jupyter-book"), "build", "."],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        pages[name] = {
            page: plain(article(folder / "_build/html", f"{page}.html"))
            for page in ("index", "text", "written", "cells")
        }
    assert pages["with"] == pages["without"]
