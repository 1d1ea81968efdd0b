"""Styles, served by the site itself: no page needs another host."""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

STATIC = Path(__file__).parent / "static"


def setup_assets(app: Sphinx) -> None:
    """Add polybook's own files."""
    app.connect("config-inited", _configure)


def _configure(app: Sphinx, config: Config) -> None:
    config.html_static_path.append(str(STATIC))
