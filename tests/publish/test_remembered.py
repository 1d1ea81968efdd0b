"""What is kept from one build to the next: little, and never what has changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from resources import Polybook

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
