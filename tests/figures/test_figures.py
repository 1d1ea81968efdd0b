"""The committed figures are what their scripts draw, and say in words what they show."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from resources import REPOSITORY

SVG = "{http://www.w3.org/2000/svg}"
PICTURES = sorted((REPOSITORY / "chapters/img").glob("*.svg"))
FIGURE = """
from book.figures.drawing import AMBER, Drawing


def draw():
    picture = Drawing("two-words", 200, 100, "Less < more", "A box & a circle.")
    picture.box(10, 10, 80, 40, words="*x*_{1} < *y*^{2}")
    picture.circle(100 + 1 / 3, 50, 20, AMBER)
    picture.arrow((90, 30), (120, 30))
    return picture.svg()
"""


def run(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "book.figures", *options]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Return a book with one script for a figure and an empty folder for it."""
    folder = tmp_path / "book/figures"
    folder.mkdir(parents=True)
    for name in ("__main__.py", "drawing.py", "svg.py"):
        shutil.copy(REPOSITORY / "book/figures" / name, folder)
    (folder / "two_words.py").write_text(FIGURE, encoding="utf-8")
    (tmp_path / "chapters/img").mkdir(parents=True)
    return tmp_path


def test_the_committed_figures_are_what_their_scripts_draw() -> None:
    checked = run(REPOSITORY, "--check")
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


@pytest.mark.parametrize("file", PICTURES, ids=lambda file: file.stem)
def test_a_picture_has_a_title_and_a_description(file: Path) -> None:
    root = ElementTree.parse(file).getroot()
    told = {element.get("id"): element.text for element in root.iter() if element.get("id")}
    names = (root.get("aria-labelledby") or "").split()
    assert [element.tag for element in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert len(names) == 2 and all((told[name] or "").strip() for name in names)
    box = (root.get("viewBox") or "").split()
    assert box[2:] == [root.get("width"), root.get("height")]


def test_drawing_twice_gives_the_same_file(book: Path) -> None:
    assert run(book).stdout == "drew chapters/img/two-words.svg\n"
    text = (book / "chapters/img/two-words.svg").read_text(encoding="utf-8")
    assert run(book).stdout == ""
    assert run(book, "--check").returncode == 0
    assert not re.search(r"\d\.\d\d", text.replace("0.75", ""))
    root = ElementTree.fromstring(text)
    words = ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]
    assert words == ["x1 < y2"]
    assert root.findtext(f"{SVG}title") == "Less < more"


def test_a_changed_and_a_missing_figure_are_told(book: Path) -> None:
    missing = run(book, "--check")
    assert missing.returncode == 1
    assert missing.stdout == (
        "chapters/img/two-words.svg: differs from its script; run `make figures`\n"
    )
    run(book)
    file = book / "chapters/img/two-words.svg"
    file.write_text(file.read_text(encoding="utf-8").replace("Less", "Fewer"), encoding="utf-8")
    assert run(book, "--check").stdout == missing.stdout
    assert "Fewer" in file.read_text(encoding="utf-8")
