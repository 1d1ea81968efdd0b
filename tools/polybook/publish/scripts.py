"""Which scripts and style sheets the theme's pages load, of all that extensions add."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from polybook.publish.theme import disconnect, has_theme, live_code

_OTHER_THEME = "scripts/sphinx-book-theme.js"
_LIVE_CODE = "thebe"
# What Sphinx's own search works with, and the words of its language: readers search with Pagefind.
_SEARCH = ("doctools.js", "sphinx_highlight.js", "translations.js")
# What opens and closes at a click: see polybook.publish.disclosure.
_TOGGLES = "toggle"
_TOGGLED = ".toggle, .admonition.dropdown"


def setup_scripts(app: Sphinx) -> None:
    """Choose what pages load, after every extension has added its own."""
    app.connect("config-inited", _leave_live_code, priority=901)
    app.connect("html-page-context", _choose, priority=999)


def _leave_live_code(app: Sphinx, config: Config) -> None:
    # sphinx-thebe, which Jupyter Book loads always, adds scripts to every page.
    if not live_code(config):
        disconnect(app, ("sphinx_thebe",))


def _choose(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Leave out what is not used or comes twice, and let the others wait for the page."""
    if not has_theme(app):
        return
    unused = [_OTHER_THEME, *_SEARCH]
    if not live_code(app.config):
        unused.append(_LIVE_CODE)
    if getattr(app.config, "togglebutton_selector", _TOGGLED) == _TOGGLED:
        unused.append(_TOGGLES)
    chosen: dict[tuple[str, ...], Any] = {}
    for script in context.get("script_files", []):
        name, attributes = _name(script), getattr(script, "attributes", {})
        if not any(word in (name or str(attributes.get("body", ""))) for word in unused):
            # Sphinx hands a script that is added late to the builder two times.
            key = (name, *(f"{each}={attributes[each]}" for each in sorted(attributes)))
            chosen.setdefault(key, _deferred(script))
    context["script_files"] = list(chosen.values())
    context["css_files"] = [
        sheet
        for sheet in context.get("css_files", [])
        if not any(word in _name(sheet) for word in unused)
    ]


def _name(asset: Any) -> str:
    # Inline scripts have no name: None or the empty text.
    return str(getattr(asset, "filename", asset) or "")


def _deferred(script: Any) -> Any:
    attributes = getattr(script, "attributes", None)
    if attributes is None or not script.filename or {"async", "defer"} & set(attributes):
        return script
    return type(script)(
        script.filename, priority=script.priority, **{**attributes, "defer": "defer"}
    )
