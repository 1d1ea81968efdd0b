"""The book as an EPUB 3 file, one for each framework."""

from __future__ import annotations

from sphinx.application import Sphinx


def setup_epub(app: Sphinx) -> None:
    """Register the builder and what its pages need."""
    from polybook.publish.epub.builder import EpubBookBuilder
    from polybook.publish.epub.still import StillTransform

    app.add_builder(EpubBookBuilder)
    app.add_post_transform(StillTransform)
