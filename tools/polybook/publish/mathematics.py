"""Mathematics, typeset when the book is built: a page needs no script for its formulas.

Formulas are collected while pages are read, typeset by MathJax before pages
are written, each once, and kept for the next build. A book that names its own
``mathjax_path``, or another renderer of mathematics, keeps that.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from polybook.publish.foreseen import FORESEEN, STORE
from polybook.publish.formats import is_epub
from polybook.publish.formula import Formula, formula_nodes, formula_of
from polybook.publish.formula_style import style_sheet
from polybook.publish.formula_writer import (
    typesetting_of,
    visit_displayed,
    visit_inline,
    write_with,
)
from polybook.publish.mathjax_settings import FONTS, components, mathjax_settings
from polybook.publish.page_key import PAGE_FACTS
from polybook.publish.typesetter import TypesetterError, distribution
from polybook.publish.typesetting import Typesetting
from polybook.source import Diagnostic

LOGGER = logging.getLogger(__name__)
_RENDERER = "polybook"
_STYLE = Path(__file__).with_name("mathematics.css")
_SHEET = "mathematics.css"
# Parts of MathJax that are TeX, or there already, or change nothing that is seen.
_NO_MATTER = ("[tex]/", "input/tex", "output/chtml", "ui/", "a11y/")
# Those that nearly every formula needs; a browser asks for them at once.
_MAINFONTS = ("MathJax_Main-Regular.woff", "MathJax_Math-Italic.woff")


def setup_mathematics(app: Sphinx) -> None:
    """Typeset formulas in the build."""
    app.add_transform(_Collect)
    # After extensions that bring another renderer have chosen it.
    app.connect("config-inited", _choose_renderer, priority=900)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)
    app.connect("env-updated", _typeset)
    app.connect("html-page-context", _add_to_head)
    app.connect(PAGE_FACTS, lambda app, docname: _in_contents(app.env))
    app.connect("build-finished", _close)


def _choose_renderer(app: Sphinx, config: Config) -> None:
    given = {**config._raw_config, **config.overrides}
    others = set(app.registry.html_inline_math_renderers) - {"mathjax"}
    chosen = given.get("html_math_renderer", "mathjax")
    if "mathjax_path" in given or others or chosen != "mathjax":
        return
    app.add_html_math_renderer(_RENDERER, (visit_inline, None), (visit_displayed, None))
    config.html_math_renderer = _RENDERER  # type: ignore[attr-defined]


class _Collect(SphinxTransform):
    """Notes the formulas of a page that has been read, and in each its place among them."""

    # After all that changes text, such as translation.
    default_priority = 990

    def apply(self, **_: Any) -> None:
        formulas: list[Formula] = []
        for place, node in enumerate(formula_nodes(self.document)):
            formulas.append(formula_of(node))
            node["formula"] = (self.env.docname, place)
        if formulas:
            _collected(self.env)[self.env.docname] = formulas


def _collected(env: BuildEnvironment) -> dict[str, list[Formula]]:
    """Return the formulas by page, which are kept with what Sphinx knows of the book."""
    if not hasattr(env, "polybook_formulas"):
        env.polybook_formulas = {}  # type: ignore[attr-defined]
    return env.polybook_formulas  # type: ignore[attr-defined]


def _purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    _collected(env).pop(docname, None)


def _merge(app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment) -> None:
    found = _collected(other)
    _collected(env).update({name: found[name] for name in docnames if name in found})


def _typeset(app: Sphinx, env: BuildEnvironment) -> None:
    if getattr(app.builder, "math_renderer_name", None) != _RENDERER:
        return
    given = _given(app.config)
    # A browser would measure; what a build knows of sizes is in the style sheet.
    sizes = given.get("chtml", {})
    scale, match = sizes.get("scale", 1), sizes.get("matchFontHeight", True)
    try:
        typesetting = Typesetting(
            mathjax_settings(given),
            _collected(env),
            Path(app.doctreedir) / STORE,
            typesetting_of(app.builder),
            FORESEEN.get(),
        )
    except TypesetterError as error:
        raise ExtensionError(f"formulas cannot be typeset: {error}") from None
    write_with(app.builder, typesetting)
    if typesetting.style and not is_epub(app.builder):
        folder = Path(app.outdir) / "_static"
        folder.mkdir(parents=True, exist_ok=True)
        fonts = distribution() / "output/chtml/fonts/woff-v2"
        sheet = style_sheet(typesetting.style, typesetting.used, fonts, scale, match)
        (folder / _SHEET).write_text(sheet + _STYLE.read_text(encoding="utf-8"), encoding="utf-8")
        shutil.copytree(fonts, folder / FONTS, dirs_exist_ok=True)


def _given(config: Config) -> Mapping[str, Any]:
    """Return the book's settings for MathJax, and report what they load in vain."""
    given: Mapping[str, Any] = config.mathjax3_config or {}
    for name in components(given):
        if not name.removeprefix("[mathjax]/").startswith(_NO_MATTER):
            found = Diagnostic(
                "_config.yml",
                1,
                1,
                "unknown-mathjax-component",
                f"mathjax3_config loads {name}, which is no package of TeX: formulas are typeset "
                "without it. To have browsers load it, set mathjax_path.",
            )
            LOGGER.warning("%s [%s]", found.message, found.code)
    return given


def _add_to_head(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Add the style sheet where there are formulas, also where they stand in the contents."""
    typesetting = typesetting_of(app.builder)
    if typesetting is None or is_epub(app.builder):
        return
    on_page = "<mjx-container" in context.get("body", "")
    if not (on_page or _in_contents(app.env)):
        return
    app.builder.add_css_file(_SHEET, priority=850)  # type: ignore[attr-defined]
    if on_page:
        address = context["pathto"]
        context["metatags"] = context.get("metatags", "") + "".join(
            f'<link rel="preload" as="font" type="font/woff" crossorigin '
            f'href="{address(f"_static/{FONTS}/{font}", resource=True)}" />\n'
            for font in _MAINFONTS
        )


def _in_contents(env: BuildEnvironment) -> bool:
    # Asked for each page; nearly all titles are text and nothing else.
    return any(
        any(formula_nodes(title))
        for title in env.titles.values()
        if any(isinstance(child, nodes.Element) for child in title.children)
    )


def _close(app: Sphinx, error: Exception | None) -> None:
    if (typesetting := typesetting_of(app.builder)) is not None:
        typesetting.close()
