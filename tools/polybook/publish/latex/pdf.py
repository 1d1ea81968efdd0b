"""PDFs: an edition for each framework, made aside and renamed into place."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import attrs
from filelock import FileLock

from polybook.book import Book
from polybook.book.config import CONFIG_FILE
from polybook.execution.keys import Keys
from polybook.publish.build import sphinx_app
from polybook.publish.file_name import edition_name
from polybook.publish.latex.builder import NAME
from polybook.publish.latex.compile import compile_book, require_tex, tex_version
from polybook.publish.latex.inventory import Inventory, check_pdf, inventory_of
from polybook.publish.panel import EDITION
from polybook.publish.project import prepared
from polybook.side_process import begin, worth_sharing
from polybook.source import Diagnostic


@attrs.frozen
class Edition:
    """A finished PDF.

    Attributes:
        file: Where it lies.
        passes: How many passes of XeLaTeX it took; 0 if it is the one of the last build.
        overfull: By how many points lines stand out.
    """

    file: Path
    passes: int
    overfull: tuple[float, ...]


def build_pdf(keys: Keys, frameworks: Sequence[str], echo: Callable[[str], None]) -> list[Edition]:
    """Build the PDF of each framework into the book's ``_build/pdf``.

    If anything fails the last good file stays; one whose input is the same is not made again.

    Args:
        keys: The keys of a book with no errors in it.
        frameworks: Names of the frameworks.
        echo: Takes the lines of Sphinx's warnings.

    Raises:
        PublishError: TeX is missing, or Sphinx or TeX failed.
    """
    require_tex()
    book = keys.book
    book.build.mkdir(exist_ok=True)
    # The trees are the website's.
    with FileLock(book.build / "html.lock"), prepared(keys):
        written = [_write(keys, name, echo) for name in frameworks]
    jobs = [
        partial(_compile, book, framework, folder, inventory, echo)
        for framework, (folder, inventory) in zip(frameworks, written, strict=True)
    ]
    if len(jobs) == 1:
        # Where no other thread runs, its check may fork.
        return [jobs[0]()]
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        return [each.result() for each in [pool.submit(job) for job in jobs]]


def _write(
    keys: Keys, framework: str, echo: Callable[[str], None]
) -> tuple[Path, Callable[[], Inventory]]:
    """Write the LaTeX of an edition; return its folder and what tells what its PDF must hold."""
    book = keys.book
    folder = book.build / "latex" / framework
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    workers, settings = len(os.sched_getaffinity(0)), {EDITION: framework}
    with sphinx_app(book, folder, book.build / "doctrees", echo, workers, NAME, settings) as app:
        app.build()
        pictures = app.builder.pictures  # type: ignore[attr-defined]
        inventory = partial(inventory_of, book, app.env, framework, pictures)
        return folder, inventory


def _compile(
    book: Book,
    framework: str,
    folder: Path,
    inventory: Callable[[], Inventory],
    echo: Callable[[str], None],
) -> Edition:
    place = book.build / "pdf" / edition_name(book.config.title, framework, "pdf")
    note = folder.with_suffix(".json")
    state = _state(folder)
    found = _noted(note)
    if place.is_file() and found.get("input") == state and found.get("pdf") == _digest(place):
        return Edition(place, 0, tuple(found["overfull"]))
    paths = {page.docname: page.path for page in book.pages}
    # TeX has one core; where another is free, it counts meanwhile.
    expected = begin(inventory) if worth_sharing(len(book.pages)) else inventory
    compiled = compile_book(folder, paths, folder.with_suffix(".kept"))
    check_pdf(compiled.pdf, compiled.log, expected())
    if language := compiled.unhyphenated:
        message = f"this TeX cannot break the words of the language '{language}'"
        mend = "install TeX's package of the language, such as texlive-lang-german on Debian"
        warning = Diagnostic(CONFIG_FILE, 1, 1, "no-hyphenation", message, mend, "warning")
        echo(str(warning))
    place.parent.mkdir(exist_ok=True)
    os.replace(compiled.pdf, place)
    made = {"input": state, "pdf": _digest(place), "overfull": compiled.overfull}
    note.write_text(json.dumps(made), encoding="utf-8")
    return Edition(place, compiled.passes, tuple(compiled.overfull))


def _state(folder: Path) -> str:
    """Return a digest of what TeX reads, and of TeX."""
    digest = hashlib.sha256(tex_version().encode())
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        digest.update(f"{file.relative_to(folder)} {_digest(file)}\n".encode())
    return digest.hexdigest()


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _noted(note: Path) -> dict[str, object]:
    try:
        found = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
