"""Which format is built."""

from __future__ import annotations

from sphinx.builders import Builder

EPUB = "polybook-epub"
"""Name of the builder that makes an edition as EPUB."""


def is_epub(builder: Builder) -> bool:
    """Tell whether a builder makes EPUB, ours or Sphinx's own: HTML without scripts."""
    return builder.name in ("epub", EPUB)
