"""The page at the root of a site whose first page lies elsewhere: it leads there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from polybook.publish.builder import BookBuilder
from polybook.publish.head import canonical_address
from polybook.publish.project import project_of
from polybook.publish.theme import has_theme

PLACE = "index"


def setup_root_page(app: Sphinx) -> None:
    """Write the page, before Jupyter Book finds it missing and puts a bare redirect there."""
    app.connect("html-collect-pages", _collect)


def _collect(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    builder = app.builder
    if not isinstance(builder, BookBuilder) or not has_theme(app):
        return
    if PLACE in app.env.found_docs or _has_own(app):
        return
    first = app.config.root_doc
    context = {
        "first_page": builder.get_relative_uri(PLACE, first),
        "canonical": canonical_address(app, project_of(app).website, first),
    }
    yield PLACE, context, "root.html"


def _has_own(app: Sphinx) -> bool:
    """Tell whether the author has put a page there that is none of the book."""
    name = f"{PLACE}.html"
    extra = [Path(app.confdir, each) for each in app.config.html_extra_path]
    return PLACE in app.config.html_additional_pages or any(
        each.name == name or (each / name).is_file() for each in extra
    )
