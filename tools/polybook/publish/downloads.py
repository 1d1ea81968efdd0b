"""Each page's notebooks: written beside the pages and offered on them."""

from __future__ import annotations

import posixpath
from functools import partial

import nbformat
from docutils import nodes
from markdown_it.common.utils import escapeHtml
from sphinx.application import Sphinx

from polybook.book import Page
from polybook.notebook import code_cells
from polybook.notebook.reader import notebook_path, reader_notebook
from polybook.publish.builder import SITE_READY
from polybook.publish.page_key import digest
from polybook.publish.project import Project, project_of
from polybook.publish.site import Site

FOLDER = "notebooks"


def setup_downloads(app: Sphinx) -> None:
    """Offer the notebooks under each page's title and write them when the build ends."""
    app.connect("doctree-read", _offer)
    app.connect(SITE_READY, _write)


def _offer(app: Sphinx, doctree: nodes.document) -> None:
    """Put a line with one link per framework under the title of a page with code."""
    book = project_of(app).book
    docname = app.env.docname
    page = book.page(docname) if book else None
    section = next(doctree.findall(nodes.section), None)
    if book is None or page is None or section is None:
        return
    links = []
    for name in page.frameworks:
        if not code_cells(book, page, name):
            continue
        # Relative to the page; the notebooks lie in a folder of their own.
        here = posixpath.dirname(docname) or "."
        address = posixpath.relpath(f"{FOLDER}/{notebook_path(page, name)}", here)
        title = escapeHtml(book.config.framework(name).title)
        links.append(
            f'<a href="{escapeHtml(address)}" download data-framework="{name}">{title}</a>'
        )
    if not links:
        return
    html = f'<p class="polybook-notebooks">Download the notebook: {" · ".join(links)}</p>'
    title_at = section.first_child_matching_class(nodes.title)
    section.insert(0 if title_at is None else title_at + 1, nodes.raw("", html, format="html"))


def _write(app: Sphinx, site: Site) -> None:
    """Put the notebooks into the site."""
    project = project_of(app)
    if project.book is None:
        return
    for page in project.book.pages:
        for name in page.frameworks:
            site.put(
                f"{FOLDER}/{notebook_path(page, name)}",
                digest(project.fingerprint(page), name),
                partial(_notebook, project, page, name),
            )


def _notebook(project: Project, page: Page, framework: str) -> bytes:
    run = project.executed(page).get(framework)
    notebook = reader_notebook(project.book, page, framework, run.cells if run else None)
    return (nbformat.writes(notebook) + "\n").encode()
