"""What readers take home is made anew where something changed, as a fresh build makes it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from resources import Polybook


def files(folder: Path) -> dict[str, Path]:
    """Return all that readers take home from a built book, by place in the site."""
    notebooks = folder / "_build/html/notebooks"
    return {
        str(each.relative_to(notebooks)): each for each in notebooks.rglob("*") if each.is_file()
    }


def rebuild(folder: Path, polybook: Polybook, change: Callable[[], object]) -> set[str]:
    """Change a built book and build it again; return what was written.

    All must be as a fresh build makes it, whether it was written or not.
    """

    def build(book: Path) -> None:
        done = polybook("build", "html", "--no-execute", "--book", book)
        assert done.returncode == 0, done.stderr

    before = {name: each.stat().st_mtime_ns for name, each in files(folder).items()}
    change()
    build(folder)
    fresh = folder.with_name("fresh")
    shutil.copytree(folder, fresh, ignore=shutil.ignore_patterns("_build"))
    build(fresh)
    after = files(folder)
    contents = {name: each.read_bytes() for name, each in after.items()}
    assert contents == {name: each.read_bytes() for name, each in files(fresh).items()}
    shutil.rmtree(fresh)
    return {name for name, each in after.items() if each.stat().st_mtime_ns != before.get(name)}


def test_a_changed_picture_changes_the_notebooks_that_show_it(
    tiny_book: Path, polybook: Polybook
) -> None:
    assert rebuild(tiny_book, polybook, lambda: None) == set(files(tiny_book))
    assert rebuild(tiny_book, polybook, lambda: None) == set()
    picture = tiny_book / "img/square.svg"

    def change() -> None:
        picture.write_text(f"{picture.read_text(encoding='utf-8')}<!-- -->", encoding="utf-8")

    written = rebuild(tiny_book, polybook, change)
    assert {"alpha.zip", "alpha/guide/shapes.ipynb"} <= written
    shown = {Path(name).name.partition(".")[0] for name in written if "/" in name}
    # Another page names it by its path, and holds no copy.
    assert shown == {"shapes"}


def test_a_changed_page_changes_its_notebooks_and_those_that_name_it(
    tiny_book: Path, polybook: Polybook
) -> None:
    rebuild(tiny_book, polybook, lambda: None)
    page = tiny_book / "guide/numbers.md"

    def change() -> None:
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace("# ", "# Counted ", 1), encoding="utf-8")

    written = rebuild(tiny_book, polybook, change)
    assert {"alpha.zip", "beta.zip", "alpha/guide/numbers.ipynb"} <= written
    assert not any(name.endswith("/works.ipynb") for name in written)
