"""Reading and writing in several processes with extensions that do not say whether they bear it."""

from __future__ import annotations

from sphinx.application import Sphinx

# Looked through: the first counts sections once all pages are read, in the process that has them
# all; the second changes one page's tree at a time, and for LaTeX alone.
_SAFE = ("sphinx_multitoc_numbering", "sphinx_jupyterbook_latex")


def setup_parallel(app: Sphinx) -> None:
    """Say it for those of which it is known, when all are loaded."""
    app.connect("builder-inited", _declare)


def _declare(app: Sphinx) -> None:
    for name in _SAFE:
        if extension := app.extensions.get(name):
            extension.parallel_read_safe = True
