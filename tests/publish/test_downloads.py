"""What a reader takes home: each page's files, and the archive of a framework's notebooks."""

from __future__ import annotations

import json
import re
import shutil
import site
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup, Tag
from nbclient import NotebookClient
from resources import BOOKS, REPOSITORY, Polybook, require, write_files, write_wheel

from polybook.book import Book, load_book
from polybook.notebook import can_be_script, reader_notebook, script, without_outputs
from polybook.publish.archive import archive_name, used_files

TOP = "a-tiny-book-beta"


def offers(folder: Path, name: str) -> dict[str, Tag]:
    """Return what a page offers for each framework."""
    html = (folder / f"_build/html/{name}.html").read_text(encoding="utf-8")
    found = BeautifulSoup(html, "html.parser").select(".take-home > [data-framework]")
    return {str(each["data-framework"]): each for each in found}


def test_each_page_offers_its_notebook_in_three_editions(built_book: Path) -> None:
    found = offers(built_book, "guide/numbers")
    assert list(found) == ["alpha", "beta"]
    assert [(a["href"], a["download"]) for a in found["beta"].select("a[download]")] == [
        ("../notebooks/beta/guide/numbers.ipynb", "numbers.ipynb"),
        ("../notebooks/beta/guide/numbers.clean.ipynb", "numbers.clean.ipynb"),
        ("../notebooks/beta/guide/numbers.py", "numbers.py"),
        ("../notebooks/beta.zip", f"{TOP}.zip"),
    ]
    for a in found["beta"].select("a[download]"):
        assert (built_book / "_build/html/guide" / a["href"]).is_file()


def test_a_page_without_code_offers_nothing_but_the_front_page_the_whole_book(
    built_book: Path,
) -> None:
    assert offers(built_book, "guide/index") == {}
    found = offers(built_book, "index")
    assert [[a["href"] for a in each.select("a")] for each in found.values()] == [
        ["notebooks/alpha.zip"],
        ["notebooks/beta.zip"],
    ]


def test_without_outputs_there_is_one_notebook(tiny_book: Path, polybook: Polybook) -> None:
    polybook("build", "html", "--no-execute", "--book", tiny_book)
    names = [a["download"] for a in offers(tiny_book, "guide/numbers")["alpha"].select("a")]
    assert names == ["numbers.clean.ipynb", "numbers.py", "a-tiny-book-alpha.zip"]


def test_another_theme_offers_the_notebooks_in_a_line(tiny_book: Path, polybook: Polybook) -> None:
    config = tiny_book / "_config.yml"
    text = config.read_text(encoding="utf-8")
    config.write_text(f"{text}    html_theme: sphinx_book_theme\n", encoding="utf-8")
    done = polybook("build", "html", "--no-execute", "--book", tiny_book)
    assert done.returncode == 0, done.stderr
    html = (tiny_book / "_build/html/guide/numbers.html").read_text(encoding="utf-8")
    (line,) = BeautifulSoup(html, "html.parser").select(".polybook-notebooks")
    assert [a["href"] for a in line.select("a")] == [
        "../notebooks/alpha/guide/numbers.clean.ipynb",
        "../notebooks/beta/guide/numbers.clean.ipynb",
    ]


def test_the_clean_notebook_is_the_other_without_outputs(built_book: Path) -> None:
    folder = built_book / "_build/html/notebooks/alpha/guide"
    executed = nbformat.read(folder / "numbers.ipynb", 4)
    clean = nbformat.read(folder / "numbers.clean.ipynb", 4)
    nbformat.validate(executed)
    nbformat.validate(clean)
    assert any(cell.get("outputs") for cell in executed.cells)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in clean.cells)
    assert [cell.source for cell in clean.cells] == [cell.source for cell in executed.cells]
    assert without_outputs(executed) == clean


def test_the_script_runs_from_top_to_bottom(built_book: Path) -> None:
    file = built_book / "_build/html/notebooks/beta/guide/numbers.py"
    done = subprocess.run(
        [sys.executable, file], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, "beta says 2\n")
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# %% [markdown]\n# # Numbers\n#\n# Counting is old")
    assert "alpha" not in text


def test_the_script_s_pictures_are_the_book_s(built_book: Path) -> None:
    file = built_book / "_build/html/notebooks/beta/guide/shapes.py"
    text = file.read_text(encoding="utf-8")
    assert "](../img/square.svg)" in text
    assert "attachment:" not in text
    assert "<a id=" not in text


def test_only_what_changed_is_made_again(tiny_book: Path, polybook: Polybook) -> None:
    site = tiny_book / "_build/html"

    def build() -> dict[str, int]:
        """Build, and return when each file of the first framework was written."""
        done = polybook("build", "html", "--no-execute", "--book", tiny_book)
        assert done.returncode == 0, done.stderr
        files = [site / "notebooks/alpha.zip", *(site / "notebooks/alpha").rglob("*.*")]
        return {each.name: each.stat().st_mtime_ns for each in files}

    def newer(before: dict[str, int], after: dict[str, int]) -> set[str]:
        return {name for name in after if after[name] != before[name]}

    first = build()
    page = tiny_book / "guide/numbers.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")
    second = build()
    numbers = {"numbers.ipynb", "numbers.clean.ipynb", "numbers.py"}
    assert newer(first, second) == {*numbers, "alpha.zip"}

    # Another order gives other numbers, which other pages name.
    toc = tiny_book / "_toc.yml"
    lines = toc.read_text(encoding="utf-8").split("\n")
    at = next(number for number, line in enumerate(lines) if line.endswith("guide/numbers"))
    lines[at : at + 2] = reversed(lines[at : at + 2])
    toc.write_text("\n".join(lines), encoding="utf-8")
    third = build()
    assert "works.ipynb" not in newer(second, third)
    index = nbformat.read(site / "notebooks/alpha/index.ipynb", 4)
    assert "[Section 1.2](guide/numbers.ipynb#sec_numbers)" in index.cells[0].source


ODD = """\
# Odd

```{.python .input}
#@tab alpha
%matplotlib inline
display(2)
```

```{code-cell}
:tags: [raises-exception, framework-alpha]
1 / 0
```

```{.python .input}
#@tab alpha
print('done')
```
"""


def test_what_only_ipython_runs_is_a_comment(make_book: Callable[..., Book]) -> None:
    book = make_book({"index.md": ODD})
    notebook = reader_notebook(book, book.pages[0], "alpha")
    # Else a reader who runs all cells would stop there.
    assert "raises-exception" in notebook.cells[2].metadata.tags
    text = script(book.pages[0], notebook)
    for line in ("# %matplotlib inline", "# 1 / 0", "from IPython.display import display"):
        assert line in text.split("\n")
    done = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, "2\ndone\n")


def test_code_that_awaits_makes_no_script() -> None:
    assert can_be_script([("x = 1", ())])
    assert can_be_script([("%time\nx = 1", ()), ("1 +", ("raises-exception",))])
    assert not can_be_script([("x = 1", ()), ("await later()", ())])


def archive(folder: Path, framework: str = "beta") -> zipfile.ZipFile:
    return zipfile.ZipFile(folder / f"_build/html/notebooks/{framework}.zip")


def test_the_archive_holds_the_book_in_its_order(built_book: Path) -> None:
    with archive(built_book) as found:
        assert found.testzip() is None
        assert found.namelist() == [
            f"{TOP}/{name}"
            for name in (
                "README.md",
                "requirements.txt",
                "tinylib/beta.py",
                # A directive of MyST shows it by its path; other pictures are attachments.
                "img/square.svg",
                "index.ipynb",
                "guide/index.ipynb",
                "guide/numbers.ipynb",
                "guide/shapes.ipynb",
                "guide/myst.ipynb",
                "works.ipynb",
            )
        ]
        notebook = found.read(f"{TOP}/guide/numbers.ipynb")
    site_notebook = built_book / "_build/html/notebooks/beta/guide/numbers.ipynb"
    assert notebook == site_notebook.read_bytes()


def test_the_archive_knows_no_clock_and_no_machine(built_book: Path) -> None:
    with archive(built_book) as found:
        for entry in found.infolist():
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            assert (entry.external_attr >> 16, entry.create_system) == (0o644, 3)
        assert str(built_book) not in found.read(f"{TOP}/README.md").decode()


def test_two_builds_make_the_same_archives(
    built_book: Path, tmp_path: Path, polybook: Polybook
) -> None:
    again = Path(shutil.copytree(BOOKS / "tiny", tmp_path / "elsewhere"))
    shutil.copytree(built_book / "_build/store", again / "_build/store")
    assert polybook("build", "html", "--no-execute", "--book", again).returncode == 0
    for name in ("alpha.zip", "beta.zip"):
        first, second = (
            (folder / "_build/html/notebooks" / name).read_bytes() for folder in (built_book, again)
        )
        assert first == second


def test_the_archive_has_what_pages_use_by_path(make_book: Callable[..., Book]) -> None:
    text = """\
---
data: [../data]
---

# One

![attached](../img/attached.png)

<img src="../img/html.png">

```{.python .input}
#@tab alpha
imread('../img/code.jpg'); imread('../img/lost.jpg'); imread('../../outside.png')
```
"""
    names = ("img/attached.png", "img/html.png", "img/code.jpg", "data/a.csv", "data/b.csv")
    files = dict.fromkeys(names, "x")
    book = make_book({"index.md": "# Book\n", "deep/one.md": text}, files=files)
    page = book.page("deep/one")
    assert page is not None
    assert used_files(book, page) == ["data/a.csv", "data/b.csv", "img/code.jpg", "img/html.png"]


@pytest.mark.parametrize(
    ("title", "name"),
    [("A Tiny: Book!", "a-tiny-book-beta"), ("动手学", "动手学-beta"), ("?!", "book-beta")],
)
def test_the_archive_is_named_after_the_book(
    make_book: Callable[..., Book], title: str, name: str
) -> None:
    config = f"title: '{title}'\npolybook: {{frameworks: {{beta: {{}}}}}}\n"
    assert archive_name(make_book({"index.md": "# B\n"}, config=config), "beta") == name


def commands(readme: str) -> list[list[str]]:
    """Return the lines of each block of commands in an archive's README."""
    return [block.split("\n") for block in re.findall(r"```bash\n(.*?)\n```", readme, re.DOTALL)]


def test_who_follows_the_readme_succeeds(built_book: Path, tmp_path: Path) -> None:
    """Unzip, type what it says, run all notebooks; an index stands by in a folder."""
    with archive(built_book) as found:
        found.extractall(tmp_path / "home")
    folder = tmp_path / "home" / TOP
    install, start = commands((folder / "README.md").read_text(encoding="utf-8"))
    make, *rest = install
    assert start == [". .venv/bin/activate", "jupyter lab"]
    subprocess.run(make, shell=True, cwd=folder, check=True, timeout=120)
    # What an index would give is this Python's; only JupyterLab itself is a stand-in.
    (packages,) = (folder / ".venv").glob("lib/python*/site-packages")
    mine = [each for each in sys.path if each.endswith("site-packages")]
    (packages / "index.pth").write_text("\n".join([*mine, *site.getsitepackages()]) + "\n")
    write_wheel(tmp_path, "jupyterlab", "1.0", {"jupyterlab.py": ""})
    every = "\n".join(
        [
            *rest,
            start[0],
            "for notebook in index.ipynb guide/*.ipynb works.ipynb; do",
            '  python -m nbconvert --to notebook --execute --inplace "$notebook" || exit 1',
            "done",
        ]
    )
    done = subprocess.run(
        ["bash", "-e", "-c", every],
        cwd=folder,
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(tmp_path),
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    ran = nbformat.read(folder / "guide/shapes.ipynb", 4)
    assert "tinylib.beta" in json.dumps(ran.cells[-1])


@pytest.mark.book
@pytest.mark.parametrize("framework", load_book(REPOSITORY).config.framework_names)
def test_a_notebook_of_the_book_runs_from_the_archive(framework: str, tmp_path: Path) -> None:
    from polybook.execution.environments import environments_of

    file = REPOSITORY / f"_build/html/notebooks/{framework}.zip"
    environment = environments_of(load_book(REPOSITORY))[framework]
    require(file.is_file() and environment.is_ready(), "the book, built by `make html`")
    with zipfile.ZipFile(file) as found:
        found.extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    assert (folder / "requirements.txt").is_file()
    write_files(tmp_path, {"kernels/python3/kernel.json": json.dumps(kernel(environment, folder))})
    library = load_book(REPOSITORY).config.framework(framework).library.partition(".")[0]
    # One of those that need the library.
    path = next(
        path
        for path in sorted(folder.rglob("*.ipynb"))
        if f"from {library} import" in path.read_text(encoding="utf-8")
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(tmp_path))
        resources = {"metadata": {"path": str(path.parent)}}
        NotebookClient(nbformat.read(path, 4), timeout=300, resources=resources).execute()


def kernel(environment: object, folder: Path) -> dict[str, object]:
    """Return the kernel as the README's last line makes it, in the framework's environment."""
    python = str(environment.python)  # type: ignore[attr-defined]
    return {
        "argv": [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python 3",
        "language": "python",
        "env": {"PYTHONPATH": str(folder)},
    }
