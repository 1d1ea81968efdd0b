"""The website's own theme, which a book has unless it names another."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from sphinx.application import Sphinx
from sphinx.config import Config

THEME = "polybook"
FOLDER = Path(__file__).parent / "themes" / THEME
# Jupyter Book loads these whatever the theme is. They serve their own theme
# only, and some of what they do on each page fails under any other.
_OTHER_THEMES = ("sphinx_book_theme", "pydata_sphinx_theme")
_OTHER_SCRIPTS = ("scripts/sphinx-book-theme.js",)
_LIVE_CODE = "sphinx_thebe"


def setup_theme(app: Sphinx) -> None:
    """Register the theme and choose it."""
    app.add_html_theme(THEME, str(FOLDER))
    # After the other extensions have made their settings.
    app.connect("config-inited", _choose, priority=900)
    app.connect("html-page-context", _no_icon)
    app.connect("html-page-context", _contents)
    # After every extension has added its scripts.
    app.connect("html-page-context", _scripts, priority=999)


def _choose(app: Sphinx, config: Config) -> None:
    if _names_theme(app, config):
        return
    config.html_theme = THEME
    if not _named(app, config, "pygments_style"):
        config.pygments_style = "polybook.publish.code_style.Light"
    if not _named(app, config, "html_permalinks_icon"):
        config.html_permalinks_icon = "#"
    _silence(app, _OTHER_THEMES)
    launch = config.html_theme_options.get("launch_buttons") or {}
    if not launch.get("thebe"):
        _silence(app, (_LIVE_CODE,))
    config.templates_path[:] = [
        path for path in config.templates_path if not any(o in str(path) for o in _OTHER_THEMES)
    ]


def _names_theme(app: Sphinx, config: Config) -> bool:
    """Tell whether the book names a theme, which Jupyter Book does for every book."""
    return _named(app, config, "html_theme") and config.html_theme != THEME


def _named(app: Sphinx, config: Config, key: str) -> bool:
    """Tell whether the book's author has set a value of Sphinx's configuration."""
    file = Path(app.srcdir) / "_config.yml"
    if not file.is_file():
        return key in config.overrides or key in config._raw_config
    settings = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    return key in ((settings.get("sphinx") or {}).get("config") or {})


def _silence(app: Sphinx, packages: tuple[str, ...]) -> None:
    """Take back what extensions have connected to the events that are still to come."""
    for event, listeners in app.events.listeners.items():
        for listener in list(listeners):
            module = getattr(listener.handler, "__module__", "") or ""
            if event != "config-inited" and module.partition(".")[0] in packages:
                app.disconnect(listener.id)


def _no_icon(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Keep browsers from asking for /favicon.ico where the book has no icon."""
    if not app.config.html_favicon:
        context["metatags"] = context.get("metatags", "") + '<link rel="icon" href="data:," />'


_NUMBER = re.compile(r"(<a [^>]*>)((?:\d+|[A-Z])(?:\.\d+)*)\. ")


def _contents(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Put the contents of the book into the context as ``site_contents``."""
    if app.config.html_theme != THEME or "site_contents" in context:
        return
    tree = context["toctree"](collapse=False, titles_only=True, includehidden=True, maxdepth=-1)
    context["site_contents"] = site_contents(tree or "")


def site_contents(tree: str) -> str:
    """Return the contents as Sphinx renders them with the marks that the theme reads."""
    tree = _NUMBER.sub(r'\1<span class="number">\2</span> ', tree)
    tree = re.sub(r'class="toctree-l\d+ current"', 'class="open"', tree)
    tree = re.sub(r' class="toctree-l\d+"', "", tree)
    tree = re.sub(r' role="heading"', "", tree)
    tree = tree.replace('class="current reference internal"', 'aria-current="page"')
    return tree.replace(' class="reference internal"', "").replace('<ul class="current">', "<ul>")


def _scripts(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Leave out scripts of what is not used, and let the others wait for the page."""
    if app.config.html_theme != THEME:
        return
    launch = app.config.html_theme_options.get("launch_buttons") or {}
    live = bool(launch.get("thebe"))
    context["script_files"] = [
        _deferred(script)
        for script in context.get("script_files", [])
        if live or "thebe" not in _text(script)
        if _name(script) not in _OTHER_SCRIPTS
    ]
    context["css_files"] = [
        sheet for sheet in context.get("css_files", []) if live or "thebe" not in _name(sheet)
    ]


def _name(asset: Any) -> str:
    return str(getattr(asset, "filename", asset) or "").removeprefix("_static/")


def _text(script: Any) -> str:
    return _name(script) + str(getattr(script, "attributes", {}).get("body", ""))


def _deferred(script: Any) -> Any:
    attributes = getattr(script, "attributes", None)
    if attributes is None or not script.filename or {"async", "defer"} & set(attributes):
        return script
    return type(script)(
        script.filename, priority=script.priority, **{**attributes, "defer": "defer"}
    )
