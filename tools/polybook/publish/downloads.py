"""Each page's notebooks: written beside the pages and offered on them."""

from __future__ import annotations

import posixpath
from pathlib import Path

from docutils import nodes
from markdown_it.common.utils import escapeHtml
from sphinx.application import Sphinx

from polybook.notebook import code_cells
from polybook.notebook.reader import notebook_path
from polybook.notebook.write import write_notebooks
from polybook.publish.project import project_of

FOLDER = "notebooks"


def setup_downloads(app: Sphinx) -> None:
    """Offer the notebooks under each page's title and write them when the build ends."""
    app.connect("doctree-read", _offer)
    app.connect("build-finished", _write)


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


def _write(app: Sphinx, error: Exception | None) -> None:
    book = project_of(app).book
    if error or book is None or app.builder.name not in ("html", "dirhtml", "singlehtml"):
        return
    write_notebooks(
        book,
        Path(app.outdir) / FOLDER,
        lambda page, name: project_of(app).executed(page).get(name),
        book.config.framework_names,
    )
