"""Reading and writing in several processes with extensions that do not say whether they bear it."""

from __future__ import annotations

from sphinx.application import Sphinx

# Looked through: sphinx_multitoc_numbering counts sections once all pages are read, in the process
# that has them all.
_SAFE = ("sphinx_multitoc_numbering",)


def setup_parallel(app: Sphinx) -> None:
    """Say it for those of which it is known, when all are loaded."""
    app.connect("builder-inited", _declare)


def _declare(app: Sphinx) -> None:
    for name in _SAFE:
        if extension := app.extensions.get(name):
            extension.parallel_read_safe = True
