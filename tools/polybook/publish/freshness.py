"""Which pages Sphinx must read again: those whose text or outputs have changed."""

from __future__ import annotations

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from polybook.publish.project import load_project, project_of

_KEY = "polybook_fingerprint"


def setup_freshness(app: Sphinx) -> None:
    """Compare each page with what it was made from, not with file times alone."""
    # After MyST has made its own settings, on which the chapters depend.
    app.connect("builder-inited", load_project, priority=900)
    app.connect("env-get-outdated", _outdated)
    app.connect("doctree-read", _remember)


def _outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    project = project_of(app)
    if project.book is None:
        return []
    return [
        page.docname
        for page in project.book.pages
        if page.docname in env.found_docs
        and env.metadata.get(page.docname, {}).get(_KEY) != project.fingerprint(page)
    ]


def _remember(app: Sphinx, doctree: object) -> None:
    project = project_of(app)
    page = project.book.page(app.env.docname) if project.book else None
    if page is not None:
        app.env.metadata[app.env.docname][_KEY] = project.fingerprint(page)
