"""Makes Sphinx count as the book does: see :mod:`polybook.book.numbering`."""

from __future__ import annotations

from sphinx.application import Sphinx
from sphinx.config import Config

from polybook.book.numbering import SECTION_DEPTH


def setup_numbers(app: Sphinx) -> None:
    """Number figures, tables and equations within sections, equations like figures."""
    app.connect("config-inited", _set_numbers)


def _set_numbers(app: Sphinx, config: Config) -> None:
    # The numbers in notebooks, in `polybook inspect` and on pages are one
    # system, so these are no matter of taste.
    config.numfig = True
    config.numfig_secnum_depth = SECTION_DEPTH
    config.math_numfig = True
    config.math_number_all = True
