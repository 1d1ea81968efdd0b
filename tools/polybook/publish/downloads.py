"""The files of a page that a reader takes home, beside the page.

They follow from the page's text, the numbers and works that it refers to, the stored outputs, and
for the notebook of the launch buttons the framework's requirements and library.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

import attrs
from nbformat import NotebookNode, v4

from polybook.book import Page
from polybook.book.ipynb import SUFFIX
from polybook.notebook import reader_notebook, script, without_outputs
from polybook.notebook.reader import notebook_path
from polybook.publish.download_keys import DownloadKeys
from polybook.publish.installation import needed
from polybook.publish.launch import FOLDER as LAUNCH
from polybook.publish.launch import launch_notebook
from polybook.publish.page_key import digest
from polybook.publish.project import Project
from polybook.publish.site import Site

FOLDER = "notebooks"


@attrs.frozen
class Downloads:
    """Where the editions of a page's notebook for one framework lie in the website.

    Attributes:
        executed: The notebook with its outputs; empty where there are none.
        clean: The notebook without outputs.
        script: The Python script; empty where Python alone cannot run the code.
    """

    executed: str
    clean: str
    script: str


def downloads(project: Project, page: Page, framework: str) -> Downloads | None:
    """Return what a page offers for a framework; None if it has no code."""
    cells = project.keys.cells(page, framework)
    if not cells:
        return None
    has_outputs = bool(page.outputs) or framework in project.shown(page)
    scriptable = project.keys.scriptable(page, framework)
    return Downloads(
        notebook_place(page, framework) if has_outputs else "",
        _place(page, framework, ".clean.ipynb"),
        _place(page, framework, ".py") if scriptable else "",
    )


def notebook_place(page: Page, framework: str) -> str:
    """Return where the notebook of a page lies in the website, with its outputs if it has any."""
    return _place(page, framework, SUFFIX)


def _place(page: Page, framework: str, suffix: str) -> str:
    return f"{FOLDER}/{str(notebook_path(page, framework)).removesuffix(SUFFIX)}{suffix}"


def put_page(project: Project, page: Page, site: Site, keys: DownloadKeys) -> None:
    """Put the files of ``page`` for all its frameworks into ``site``; those of the last one stay.

    Raises:
        OSError: A file cannot be written.
    """
    for framework in page.frameworks:
        key = keys.of_notebooks(page, framework)
        texts = cache(partial(page_files, project, page, framework))
        for place in places(project, page, framework):
            site.put(place, digest(key, place), partial(_bytes, texts, place))


def _bytes(texts: Callable[[], dict[str, str]], place: str) -> bytes:
    return texts()[place].encode()


def places(project: Project, page: Page, framework: str) -> list[str]:
    """Return where the files of a page for a framework lie in the website.

    The notebook itself is there for each page, also for one without code or outputs: links
    between notebooks lead to it.
    """
    assert project.book is not None
    found = [notebook_place(page, framework)]
    if offered := downloads(project, page, framework):
        found += [each for each in (offered.clean, offered.script) if each]
    if project.book.config.website.launch.notebooks:
        found.append(_launch_place(page, framework))
    return found


def _launch_place(page: Page, framework: str) -> str:
    return f"{LAUNCH}/{notebook_path(page, framework)}"


def page_files(project: Project, page: Page, framework: str) -> dict[str, str]:
    """Return the text of each file of a page for a framework, by its place in the website."""
    assert project.book is not None
    run = project.shown(page).get(framework)
    cells = run.notebook.cells if run else None
    notebook = reader_notebook(project.book, page, framework, cells)
    clean = without_outputs(notebook)
    files = {notebook_place(page, framework): _written(notebook)}
    if offered := downloads(project, page, framework):
        files[offered.clean] = _written(clean)
        if offered.script:
            files[offered.script] = script(page, notebook)
    launch = project.book.config.website.launch
    if launch.notebooks:
        needs = needed(project.book, page, framework, project.keys)
        opened = launch_notebook(clean, needs, launch.address(f"{framework}/"))
        files[_launch_place(page, framework)] = _written(opened)
    return files


def _written(notebook: NotebookNode) -> str:
    # Without nbformat's check, which takes longer; the tests check.
    return v4.writes(notebook) + "\n"
