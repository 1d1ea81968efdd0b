"""Previews: what a link of the book leads to, shown beside it while a reader points at it."""

from __future__ import annotations

from sphinx.application import Sphinx


def setup_preview(app: Sphinx) -> None:
    """Serve the script, which asks the site for nothing before a reader points at a link."""
    app.add_css_file("preview.css", priority=860)
    app.add_js_file("preview.js", loading_method="defer")
