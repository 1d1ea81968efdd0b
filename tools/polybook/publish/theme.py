"""Defaults of the theme that a book would otherwise have to set by hand."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config


def setup_theme(app: Sphinx) -> None:
    """Fill in what the book's configuration leaves open."""
    app.connect("config-inited", _fill_in)
    app.connect("html-page-context", _no_icon)


def _fill_in(app: Sphinx, config: Config) -> None:
    if config.html_theme == "sphinx_book_theme":
        # PyData's theme, on which this one is built, adds a second search box
        # in a bar of its own unless it is told not to.
        config.html_theme_options.setdefault("navbar_persistent", [])
        # Pages offer the notebooks; the header's button would offer the Markdown.
        config.html_theme_options.setdefault("use_download_button", False)
    # The theme's script complains on every page if it is not told.
    config.html_context.setdefault("default_mode", "auto")


def _no_icon(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Keep browsers from asking for /favicon.ico where the book has no icon."""
    if not app.config.html_favicon:
        context["metatags"] = context.get("metatags", "") + '<link rel="icon" href="data:," />'
