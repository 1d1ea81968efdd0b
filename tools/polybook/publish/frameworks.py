"""The choice of a framework on the website: which panels show, and what pages say of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from polybook.publish.panel import shows_tabs
from polybook.publish.project import project_of
from polybook.publish.theme import FOLDER, has_theme

# Which panels are visible, written for each book.
STYLES = "frameworks.css"
TABS = "framework-tabs.css"
SCRIPT = "framework.js"
# Runs in the head of each page.
CHOICE = FOLDER / "parts" / "framework-choice.js"


def setup_frameworks(app: Sphinx) -> None:
    """Serve the script and the styles of the choice, and hand its data to templates."""
    app.add_css_file(TABS, priority=850)
    app.add_css_file(STYLES, priority=850)
    app.add_js_file(SCRIPT, loading_method="defer")
    # After the book has been loaded.
    app.connect("builder-inited", _write_styles, priority=950)
    app.connect("html-page-context", _tell)


def visibility(names: Iterable[str]) -> str:
    """Return the style sheet that shows what belongs to the framework of the root element.

    Styles decide, and no script: nothing flashes or moves while a page loads.
    """
    rules = [".framework-note {\n  display: none;\n}\n"]
    for name in names:
        root = f'[data-framework="{name}"]'
        rules.append(
            f"html{root} :is(.framework-panel, .framework-only):not({root}),\n"
            f'html{root} .framework-tabs:not([data-frameworks~="{name}"]) {{\n'
            "  display: none !important;\n}\n"
            f"html{root} .framework-tabs > [role=tablist] > [role=tab]{root} {{\n"
            "  color: var(--accent, #1a5fb4);\n"
            "  border-bottom-color: currentColor;\n}\n"
            f'html[data-missing-framework="{name}"] .framework-note[data-missing="{name}"] {{\n'
            "  display: block;\n}\n"
        )
    return "\n".join(rules)


def _write_styles(app: Sphinx) -> None:
    book = project_of(app).book
    if not shows_tabs(app):
        return
    names = book.config.framework_names if book else ()
    target = Path(app.outdir) / "_static" / STYLES
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(visibility(names), encoding="utf-8")


def _tell(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Name the book's frameworks and those of the page."""
    book = project_of(app).book
    context["frameworks"] = book.config.frameworks if book else ()
    page = book.page(pagename) if book else None
    names = book.config.framework_names if book else ()
    context["page_frameworks"] = page.frameworks if page else names
    here = context["page_frameworks"]
    context["missing_frameworks"] = [f for f in context["frameworks"] if f.name not in here]
    context["first_framework"] = book.config.framework(here[0]) if book and here else None
    attributes = _attributes(names, context["page_frameworks"])
    context["root_attributes"] = "".join(f' {k}="{escape(v)}"' for k, v in attributes.items())
    if names and not has_theme(app):
        # Another theme writes neither the attributes nor the script that reads them.
        data = "".join(
            f"document.documentElement.setAttribute({json.dumps(k)}, {json.dumps(v)});\n"
            for k, v in attributes.items()
        )
        app.add_js_file(None, body=data + CHOICE.read_text(encoding="utf-8"), priority=100)


def _attributes(names: tuple[str, ...], here: tuple[str, ...]) -> dict[str, str]:
    """Return the attributes of the root element that the choice begins with."""
    if not names:
        return {}
    return {
        "data-framework": here[0] if here else names[0],
        "data-default-framework": names[0],
        "data-frameworks": " ".join(names),
        "data-page-frameworks": " ".join(here),
    }
