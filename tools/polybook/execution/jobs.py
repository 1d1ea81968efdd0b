"""From a book to what can be executed: jobs, and the library that they import."""

from __future__ import annotations

from pathlib import Path

from polybook.book import Book, Page
from polybook.execution.keys import Keys
from polybook.execution.runner import Job
from polybook.library import Library
from polybook.notebook import execution_notebook


def jobs(book: Book, keys: Keys, framework: str | None = None) -> list[Job]:
    """Return the notebooks of ``book`` that have code, of all frameworks or of one."""
    wanted = [
        (page, name)
        for page in book.pages
        for name in page.frameworks
        if framework in (None, name) and keys.cells(page, name)
    ]
    keys.of_all(wanted)
    return [job_of(keys, page, name) for page, name in wanted]


def job_of(keys: Keys, page: Page, framework: str) -> Job:
    """Return one notebook of a page that has code."""
    notebook = execution_notebook(keys.cells(page, framework))
    return Job(page.path, framework, keys.key(page, framework), notebook, page.needs)


def stage_libraries(book: Book, found: dict[str, Library], folder: Path) -> None:
    """Write the packages that hold the libraries into ``folder``.

    Notebooks run against the library as the chapters have it now, whatever
    the committed files say; what else lies in those packages comes along.

    Args:
        book: The book.
        found: Its libraries.
        folder: Becomes the kernels' ``PYTHONPATH``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for framework in book.config.frameworks:
        if framework.name not in found:
            continue
        target = folder / framework.library_path
        target.parent.mkdir(parents=True, exist_ok=True)
        for parent in Path(framework.library_path).parents:
            for source in sorted((book.folder / parent).glob("*.py")) if parent.name else ():
                (folder / parent / source.name).write_bytes(source.read_bytes())
    for framework in book.config.frameworks:
        if framework.name in found:
            (folder / framework.library_path).write_text(
                found[framework.name].text, encoding="utf-8"
            )
