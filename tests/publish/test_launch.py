"""Buttons that open notebooks elsewhere, and what those notebooks begin with."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from resources import write_files, write_wheel
from settings import examples, followed

from polybook.book import Book, load_book
from polybook.book.check import check
from polybook.book.website import Website
from polybook.execution.keys import Keys
from polybook.publish.installation import (
    Lock,
    Needed,
    candidates,
    imported,
    needed,
    origins_of,
)
from polybook.publish.launch import buttons
from polybook.publish.setup_cell import setup_cell

CELL = "# One\n\n```{.python .input}\n#@tab all\nimport one\n```\n"
PAGES = {"index.md": "# Book\n", "deep/one.md": CELL}


@pytest.mark.parametrize(("given", "expected"), examples("launch.md"))
def test_buttons(tmp_path: Path, make_book: Callable[..., Book], given: str, expected: str) -> None:
    page = make_book(PAGES).page("deep/one")
    assert page is not None

    def told(website: Website) -> str:
        found = buttons(website, page, "alpha")
        return "".join(f"{each.title}: {each.address}\n" for each in found)

    assert followed(tmp_path, given, told) == expected


def test_a_chapter_that_is_a_notebook_opens_from_the_book_s_repository(tmp_path: Path) -> None:
    config = """\
title: Small
polybook: {frameworks: {alpha: {}}}
repository: {url: https://github.com/ORG/REPO, branch: main, path_to_book: docs}
launch_buttons: {colab_url: https://colab.research.google.com}
"""
    toc = "format: jb-book\nroot: index\nchapters:\n  - file: one\n"
    write_files(tmp_path, {"_config.yml": config, "_toc.yml": toc, "index.md": "# Book\n"})
    nbformat.write(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", id="a")]),
        tmp_path / "one.ipynb",
    )
    book = load_book(tmp_path)
    page = book.page("one")
    assert page is not None
    (button,) = buttons(book.config.website, page, "alpha")
    assert button.address == (
        "https://colab.research.google.com/github/ORG/REPO/blob/main/docs/one.ipynb"
    )


def test_services_that_find_no_notebooks_are_a_warning(make_book: Callable[..., Book]) -> None:
    config = """\
title: Small
polybook: {frameworks: {alpha: {}}}
launch_buttons:
  colab_url: https://colab.research.google.com
"""
    (found,) = check(make_book(PAGES, config=config))
    assert (found.line, found.code, found.severity) == (4, "unpublished-notebooks", "warning")


LOCK = Lock(
    (
        "--extra-index-url https://index.example.org/simple",
        "Pillow==13.0.0 --hash=sha256:00",
        "matplotlib_inline==0.2.2",
        "array[gpu]==1.0",
        "python-dateutil>=2",
        "-c numpy==2.4.6",
    )
)


def test_a_lock_names_packages_and_where_they_are_found() -> None:
    assert LOCK.packages == {
        "pillow": ("Pillow", "==13.0.0"),
        "matplotlib-inline": ("matplotlib_inline", "==0.2.2"),
        "array": ("array[gpu]", "==1.0"),
        "python-dateutil": ("python-dateutil", ">=2"),
        "numpy": ("numpy", "==2.4.6"),
    }
    assert LOCK.options == ("--extra-index-url", "https://index.example.org/simple")


def test_modules_are_found_in_the_lock_under_the_name_of_their_distribution() -> None:
    modules = ["PIL", "matplotlib_inline", "array", "dateutil", "numpy"]
    assert origins_of(modules, LOCK) == {
        "PIL": "Pillow",
        "array": "array[gpu]",
        "dateutil": "python-dateutil",
        "matplotlib_inline": "matplotlib_inline",
        "numpy": "numpy",
    }
    assert origins_of(["elsewhere"], LOCK) == {"elsewhere": None}
    assert origins_of(["elsewhere", "PIL"], Lock(())) == {"PIL": "pillow", "elsewhere": "elsewhere"}
    assert candidates("yaml")[0] == "pyyaml"


def test_what_the_code_does_without_is_not_needed() -> None:
    code = """
try:
    import maybe
except (ImportError, OSError):
    import instead
try:
    import surely
except ValueError:
    pass
import os, package.part
from . import neighbour
"""
    assert imported([code, "%load_ext x\nfrom two import three", "import 1"]) == {
        "instead",
        "surely",
        "package",
        "two",
    }


BOOK = {
    "_config.yml": """\
title: Small
polybook:
  frameworks:
    alpha: {library: lib.alpha, environment: alpha.txt}
    beta: {environment: beta.txt}
""",
    "_toc.yml": "format: jb-book\nroot: one\nchapters:\n  - file: deep/two\n  - file: three\n",
    "alpha.txt": "one==1.0\ntwo==2.0\nthree==3.0\nfour==4.0\n",
    "beta.txt": "one==1.1\nfive==5.0\n",
    "data.csv": "1\n",
    "one.md": """\
# One

```{.python .input}
#@tab alpha
import os
import one
def first():  #@save
    import four
    return one
def second():  #@save
    import three
```
""",
    "deep/two.md": """\
---
data: [../data.csv]
---

# Two

```{.python .input}
#@tab alpha
from lib import alpha as lib
import two.part
lib.first()
```

```{.python .input}
#@tab beta
import unheard_of
```
""",
    "three.md": """\
# Three

```{.python .input}
%load_ext d2lbook.tab
tab.interact_select(['beta'])
#required_libs("six")
```

```{.python .input}
#@tab beta
import one
```
""",
}


def needs_of(folder: Path, docname: str, framework: str) -> Needed:
    write_files(folder, BOOK)
    book = load_book(folder)
    page = book.page(docname)
    assert page is not None
    return needed(book, page, framework, Keys.of(book))


def test_a_page_needs_what_it_imports(tmp_path: Path) -> None:
    needs = needs_of(tmp_path, "one", "alpha")
    assert (needs.packages, needs.library, needs.data) == (
        {
            "four": "==4.0",
            "one": "==1.0",
            "three": "==3.0",
        },
        {},
        {},
    )


def test_a_page_needs_what_the_library_imports_for_it(tmp_path: Path) -> None:
    needs = needs_of(tmp_path, "deep/two", "alpha")
    # `second` is not used, so that `three` is not needed.
    assert dict(needs.packages) == {"four": "==4.0", "two": "==2.0"}
    assert list(needs.library) == ["lib/alpha.py"]
    assert dict(needs.data) == {"../data.csv": "data.csv"}


def test_a_module_of_unknown_origin_takes_all_of_the_lock(tmp_path: Path) -> None:
    assert dict(needs_of(tmp_path, "deep/two", "beta").packages) == {
        "five": "==5.0",
        "one": "==1.1",
    }


def test_a_chapter_asks_for_more(tmp_path: Path) -> None:
    assert dict(needs_of(tmp_path, "three", "beta").packages) == {"one": "==1.1", "six": ""}


def run_cell(folder: Path, needs: Needed, where: str, then: str = "") -> str:
    """Run a first cell by this Python as a kernel does, from `folder`, and return what it said."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        # A kernel finds modules in its working folder.
        [sys.executable, "-c", f"{setup_cell(needs, where)}\n{then}"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PIP_NO_INDEX": "1", "PIP_TARGET": str(folder / "installed")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_first_cell_installs_what_is_missing_and_nothing_else(tmp_path: Path) -> None:
    write_wheel(tmp_path, "polybook_missing", "1.0", {"polybook_missing.py": "told = 1\n"})
    present = {"nbformat": f"=={nbformat.__version__}"}
    find = ("--find-links", str(tmp_path))
    here = tmp_path / "here"
    needs = Needed(
        {**present, "polybook_missing": "==1.0"}, find, {"sys": "polybook_missing"}, {}, {}
    )
    assert "restart the kernel" in run_cell(here, needs, "")
    assert (here / "installed/polybook_missing.py").is_file()
    assert not (here / "installed/nbformat").exists()


def test_the_first_cell_does_nothing_when_all_is_there(tmp_path: Path) -> None:
    # Without an index and without a wheel pip would fail.
    needs = Needed({"nbformat": f"=={nbformat.__version__}"}, (), {}, {}, {})
    assert run_cell(tmp_path, needs, "") == ""


def test_the_first_cell_fetches_library_and_data_once(tmp_path: Path) -> None:
    published = tmp_path / "published"
    files = {"lib/__init__.py": "", "lib/alpha.py": "told = 'by the library'\n"}
    write_files(published, {**files, "data.csv": "1\n"})
    needs = Needed({}, (), {}, files, {"../data.csv": "data.csv"})
    where = f"{published.as_uri()}/"
    then = "from lib import alpha; print(alpha.told, open('../data.csv').read())"
    notebook = tmp_path / "elsewhere/deep"
    assert run_cell(notebook, needs, where, then) == "by the library 1\n\n"
    # Now from a place that is not there.
    assert run_cell(notebook, needs, "file:///nowhere/", then) == "by the library 1\n\n"


def test_the_first_cell_finds_a_library_above_the_notebook(tmp_path: Path) -> None:
    files = {"lib/__init__.py": "", "lib/alpha.py": "told = 'above'\n"}
    write_files(tmp_path, files)
    needs = Needed({}, (), {}, files, {})
    then = "from lib import alpha; print(alpha.told)"
    assert run_cell(tmp_path / "deep/er", needs, "file:///nowhere/", then) == "above\n"


def test_another_library_of_that_name_does_not_count(tmp_path: Path) -> None:
    write_files(tmp_path, {"here/lib/__init__.py": "", "here/lib/alpha.py": "told = 'old'\n"})
    files = {"lib/__init__.py": "", "lib/alpha.py": "told = 'new'\n"}
    write_files(tmp_path / "published", files)
    needs = Needed({}, (), {}, files, {})
    where = f"{(tmp_path / 'published').as_uri()}/"
    then = "from lib import alpha; print(alpha.told)"
    assert run_cell(tmp_path / "here", needs, where, then) == "new\n"
