"""Styles and mathematics, served by the site itself: no page needs another host."""

from __future__ import annotations

import shutil
from importlib import import_module
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

STATIC = Path(__file__).parent / "static"
# What TeX input with HTML output loads; the whole distribution has 20 MB.
_MATHJAX = ("tex-mml-chtml.js", "output/chtml/fonts", "input/tex/extensions", "a11y", "ui", "sre")


def setup_assets(app: Sphinx) -> None:
    """Add polybook's styles, and MathJax from the package that ships it."""
    app.connect("config-inited", _configure)
    app.connect("builder-inited", _copy_mathjax)


def _configure(app: Sphinx, config: Config) -> None:
    config.html_static_path.append(str(STATIC))
    if _own_mathjax(config):
        config.mathjax_path = "mathjax/tex-mml-chtml.js"


def _own_mathjax(config: Config) -> bool:
    """Tell whether the book leaves MathJax to polybook."""
    return "mathjax_path" not in config.overrides and "mathjax_path" not in config._raw_config


def _copy_mathjax(app: Sphinx) -> None:
    if app.builder.format != "html" or not _own_mathjax(app.config):
        return
    source = Path(import_module("sphinx-mathjax-offline").__file__).parent / "static" / "mathjax"
    target = Path(app.outdir) / "_static" / "mathjax"
    for name in _MATHJAX:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, dirs_exist_ok=True)
        elif (source / name).is_file():
            target.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, target / name)
