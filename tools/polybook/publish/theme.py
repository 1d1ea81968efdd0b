"""The website's own theme, which a book has unless it names another."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from sphinx.application import Sphinx
from sphinx.config import Config

from polybook.publish.code_style import Dark, dark_styles
from polybook.publish.formats import is_epub

THEME = "polybook"
FOLDER = Path(__file__).parent / "themes" / THEME
_DARK_CODE = "code-dark.css"
# One for each job; the styles are listed in theme.toml.
_SCRIPTS = ("appearance.js", "contents.js", "on-this-page.js", "scrolling.js")
# How a list of pages in the text begins.
_LISTED = '<li class="toctree-l1'
# Jupyter Book loads these whatever the theme is. They serve their own theme
# only, and some of what they do on each page fails under any other.
_OTHER_THEMES = ("sphinx_book_theme", "pydata_sphinx_theme")


def setup_theme(app: Sphinx) -> None:
    """Register the theme and choose it."""
    app.add_html_theme(THEME, str(FOLDER))
    # After the other extensions have made their settings.
    app.connect("config-inited", _choose, priority=900)
    app.connect("builder-inited", _write_dark_code)
    app.connect("html-page-context", _complete)


def has_theme(app: Sphinx) -> bool:
    """Tell whether pages are made with polybook's own theme."""
    chosen = app.config.html_theme == THEME
    return chosen and app.builder.format == "html" and not is_epub(app.builder)


def live_code(config: Config) -> bool:
    """Tell whether the book lets readers run its code on the page, by sphinx-thebe."""
    return bool((config.html_theme_options.get("launch_buttons") or {}).get("thebe"))


def disconnect(app: Sphinx, packages: tuple[str, ...]) -> None:
    """Take back what extensions have connected to the events that are still to come."""
    for event, listeners in app.events.listeners.items():
        for listener in list(listeners):
            module = getattr(listener.handler, "__module__", None) or ""
            if event != "config-inited" and module.partition(".")[0] in packages:
                app.disconnect(listener.id)


def _choose(app: Sphinx, config: Config) -> None:
    if _is_set(app, config, "html_theme") and config.html_theme != THEME:
        return
    config.html_theme = THEME
    if not _is_set(app, config, "pygments_style"):
        config.pygments_style = "polybook.publish.code_style.Light"
    if not _is_set(app, config, "html_permalinks_icon"):
        config.html_permalinks_icon = "#"
    disconnect(app, _OTHER_THEMES)
    config.templates_path[:] = [
        path for path in config.templates_path if not any(o in str(path) for o in _OTHER_THEMES)
    ]
    app.add_css_file(_DARK_CODE, priority=300)
    for name in _SCRIPTS:
        app.add_js_file(name, loading_method="defer")


def _is_set(app: Sphinx, config: Config, key: str) -> bool:
    """Tell whether the book's author, and not Jupyter Book, has set a value for Sphinx."""
    file = Path(app.srcdir) / "_config.yml"
    if not file.is_file():
        return key in config.overrides or key in config._raw_config
    settings = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    return key in ((settings.get("sphinx") or {}).get("config") or {})


def _write_dark_code(app: Sphinx) -> None:
    if has_theme(app):
        target = Path(app.outdir) / "_static" / _DARK_CODE
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(dark_styles(Dark), encoding="utf-8")


def _complete(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Add what every page of the theme shows."""
    if not app.config.html_favicon:
        # Else browsers ask for /favicon.ico.
        context["metatags"] = context.get("metatags", "") + '<link rel="icon" href="data:," />'
    if not has_theme(app):
        return
    context["author"] = app.config.author
    context["root_title"] = app.env.titles[app.config.root_doc].astext()
    if "site_contents" not in context:
        # Builders other than polybook.publish.builder leave it to the page.
        tree = context["toctree"](collapse=False, titles_only=True, includehidden=True, maxdepth=-1)
        context["site_contents"] = site_contents(tree or "")
    if pagename == app.config.root_doc:
        context |= front_page(context["body"])
    elif _LISTED not in context.get("body", ""):
        context["sections"] = _sections(app, pagename)


def _sections(app: Sphinx, pagename: str) -> list[dict[str, str]]:
    """Return address and title (HTML, with its number) of each page below a page."""
    builder: Any = app.builder
    return [
        {
            "link": builder.get_relative_uri(pagename, name),
            "title": builder.render_partial(app.env.titles[name])["title"],
        }
        for name in app.env.toctree_includes.get(pagename, [])
        if name in app.env.titles
    ]


_NUMBER = re.compile(r"(<a [^>]*>)((?:\d+|[A-Z])(?:\.\d+)*)\. ")


def site_contents(tree: str) -> str:
    """Return the contents of the book, as Sphinx renders them, with the marks that styles read."""
    tree = _NUMBER.sub(r'\1<span class="number">\2</span> ', tree)
    tree = re.sub(r'class="toctree-l\d+ current"', 'class="open"', tree)
    tree = re.sub(r' class="toctree-l\d+"', "", tree)
    tree = re.sub(r' role="heading"', "", tree)
    tree = tree.replace('class="current reference internal"', 'aria-current="page"')
    return tree.replace(' class="reference internal"', "").replace('<ul class="current">', "<ul>")


_OPENING = re.compile(r"\A(?:(?P<title>.*?</h1>)(?P<lead>\s*<p>.*?</p>)?)?", re.DOTALL)


def front_page(body: str) -> dict[str, Any]:
    """Return a book's first page in three parts: its title, its first paragraph, the rest.

    The template puts the author below the title, the ways into the book below
    the paragraph, and the contents at the end, unless the text lists them.
    """
    opening = _OPENING.match(body)
    assert opening is not None
    return {
        "front_title": opening["title"] or "",
        "front_lead": opening["lead"] or "",
        "front_rest": body[opening.end() :],
        "front_lists_contents": _LISTED in body,
    }
