"""What is kept from one build to the next: little, and never what has changed."""

from __future__ import annotations

import hashlib
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from resources import Polybook

from polybook.book import chapters, load_book
from polybook.source import Chapter

PAGES = {
    "index.md": "# A small book\n\nText.\n",
    "one.md": "# One\n:label:`sec_one`\n\nA sentence of this page alone.\n",
    "two.md": "# Two\n\nSee :numref:`sec_one`.\n",
}


@pytest.fixture
def book(write_book: Callable[..., Path], polybook: Polybook) -> Path:
    folder = write_book(PAGES)
    built(polybook, folder)
    return folder


def built(polybook: Polybook, folder: Path) -> dict[str, bytes]:
    """Build, and return the site's pages."""
    done = polybook("build", "html", "--no-execute", "--book", folder)
    assert done.returncode == 0, done.stderr
    return {file.name: file.read_bytes() for file in (folder / "_build/html").glob("*.html")}


def test_the_environment_holds_no_page_whole(book: Path) -> None:
    # Sphinx reads and writes it in every build.
    kept = (book / "_build/doctrees/environment.pickle").read_bytes()
    assert b"A small book" in kept
    assert b"A sentence of this page alone." not in kept


def anew(polybook: Polybook, folder: Path) -> dict[str, bytes]:
    """Build without anything that was kept, and return the site's pages."""
    shutil.rmtree(folder / "_build")
    return built(polybook, folder)


def append(text: str) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        file = folder / "one.md"
        file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")

    return change


def other_settings(folder: Path) -> None:
    """Let dollars be no formulas, and a cell without a pragma belong to all."""
    file = folder / "_config.yml"
    text = file.read_text(encoding="utf-8").replace("polybook:\n", "polybook:\n  untagged: all\n")
    file.write_text(f"{text}    myst_dmath_allow_space: false\n", encoding="utf-8")


def without_page(folder: Path) -> None:
    (folder / "two.md").unlink()
    toc = folder / "_toc.yml"
    toc.write_text(toc.read_text(encoding="utf-8").replace("  - file: two\n", ""), encoding="utf-8")


def as_by_others(folder: Path) -> None:
    """Make what is kept look as if other programs had computed it, and wrongly."""
    file = folder / "_build/memory/chapters"
    # Behind a digest of the rest.
    _, kept = pickle.loads(file.read_bytes()[32:])
    wrong = next(iter(kept.values()))
    data = pickle.dumps(("others", dict.fromkeys(kept, wrong)))
    file.write_bytes(hashlib.sha256(data).digest() + data)
    append("More.\n")(folder)


def damaged_inside(folder: Path) -> None:
    file = folder / "_build/memory/chapters"
    sound = file.read_bytes()
    wrong = sound.replace(b"paragraph_open", b"paragraph_shut")
    assert wrong != sound
    file.write_bytes(wrong)


@pytest.mark.parametrize(
    "change",
    [
        append("Another sentence.\n"),
        append("\n## More\n:label:`sec_more`\n"),
        other_settings,
        without_page,
        as_by_others,
        lambda folder: (folder / "_build/memory/chapters").write_bytes(b"damage"),
        damaged_inside,
    ],
    ids=["text", "label", "settings", "a page less", "other programs", "damage", "a wrong letter"],
)
def test_what_is_kept_of_chapters_holds_for_the_same_chapters_alone(
    book: Path, polybook: Polybook, change: Callable[[Path], object]
) -> None:
    append("\n$ x $\n\n```{.python .input}\n1\n```\n")(book)
    built(polybook, book)
    assert (book / "_build/memory/chapters").is_file()
    change(book)
    assert built(polybook, book) == anew(polybook, book)


def test_a_kept_chapter_is_not_parsed_again(
    write_book: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_book(PAGES)
    first = load_book(folder)
    parsed: list[str] = []
    true_parse = chapters.parse

    def noted(text: str, path: str, *rest: Any) -> Chapter:
        parsed.append(path)
        return true_parse(text, path, *rest)

    monkeypatch.setattr(chapters, "parse", noted)
    append("More.\n")(folder)
    again = load_book(folder)
    assert parsed == ["one.md"]
    for before, after in zip(first.pages, again.pages, strict=True):
        if after.path != "one.md":
            assert after.chapter.blocks == before.chapter.blocks
            assert after.chapter.tokens == before.chapter.tokens


def test_a_book_that_cannot_be_written_is_read(write_book: Callable[..., Path]) -> None:
    folder = write_book(PAGES, files={"_build": "A file where the folder would be."})
    assert [page.path for page in load_book(folder).pages] == list(PAGES)
