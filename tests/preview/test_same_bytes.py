"""What a build makes is the same whether or not somebody previewed the book before."""

from __future__ import annotations

import shutil
from pathlib import Path

from preview.conftest import served
from resources import Polybook


def site(folder: Path) -> dict[str, bytes]:
    root = folder / "_build/html"
    return {
        file.relative_to(root).as_posix(): file.read_bytes()
        for file in sorted(root.rglob("*"))
        if file.is_file()
    }


def test_a_build_after_the_preview_is_as_fresh(
    tiny_book: Path, tmp_path: Path, polybook: Polybook
) -> None:
    with served(tiny_book, "--no-execute") as author:
        author.said("pages open")
        before = site(tiny_book)
        author.replace("guide/numbers.md", "Counting is old", "## New\n\nCounting is $x^9$ old")
        author.said("guide/numbers.md: shown after")
        author.replace("guide/shapes.md", "# Shapes", "# Forms")
        author.said("guide/shapes.md: shown after")
        author.replace("_toc.yml", "- file: guide/myst", "- file: guide/myst\n  - caption: More")
        author.said("_toc.yml")
        author.replace("_toc.yml", "\n  - caption: More", "")
        author.said("_toc.yml: shown after")
        author.replace("img/square.svg", "<svg ", "<!-- again --><svg ")
        author.said("img/square.svg: shown after")
        assert site(tiny_book) == before, "the preview writes into the website"
    fresh = Path(shutil.copytree(tiny_book, tmp_path / "fresh", ignore=lambda *_: ["_build"]))
    for folder in (tiny_book, fresh):
        done = polybook("build", "html", "--no-execute", "--book", folder)
        assert done.returncode == 0, done.stderr
    assert site(tiny_book) == site(fresh)
