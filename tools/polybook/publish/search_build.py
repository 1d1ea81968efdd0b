"""The search of polybook's own theme, in the course of a Sphinx build.

Each page's text is taken when the page is resolved, and kept beside its doctree: a page that is not
written again keeps its text. When all pages are written, the website gets its index.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from polybook.publish.builder import SITE_READY, BookBuilder
from polybook.publish.page_text import PageText, page_text
from polybook.publish.pagefind import SearchError
from polybook.publish.project import project_of
from polybook.publish.search import FOLDER, index
from polybook.publish.search_words import search_words
from polybook.publish.site import Site
from polybook.publish.theme import has_theme

WORDS = "search-words.json"
_SCRIPT = "search.js"
_TEXTS = "search"
_SHARDS = "search-index"


def setup_search(app: Sphinx) -> None:
    """Let readers search where pages have polybook's theme."""
    app.connect("builder-inited", _prepare, priority=950)
    # After all that still changes a page.
    app.connect("doctree-resolved", _keep_text, priority=950)
    app.connect("html-page-context", _hand_out_words)
    app.connect("html-collect-pages", _search_page)
    # First, for it works on while the other files are put.
    app.connect(SITE_READY, _put_index, priority=100)


def _is_searched(app: Sphinx) -> bool:
    """Tell whether the build makes a website in polybook's theme."""
    return has_theme(app) and isinstance(app.builder, BookBuilder)


def _prepare(app: Sphinx) -> None:
    if not _is_searched(app):
        return
    app.add_js_file(_SCRIPT, loading_method="defer")
    target = Path(app.outdir) / "_static" / WORDS
    target.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(search_words(), ensure_ascii=False, indent=1)
    target.write_text(f"{text}\n", encoding="utf-8")


def _hand_out_words(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    context["words"] = search_words()


def _search_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    if _is_searched(app):
        yield "search", {}, "search.html"


def _text_file(app: Sphinx, docname: str) -> Path:
    return Path(app.doctreedir) / _TEXTS / f"{docname}.json"


def _keep_text(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    # A file for each page: other processes may resolve pages, and what they know is lost.
    if _is_searched(app):
        file = _text_file(app, docname)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_text(app, doctree, docname).dump(), encoding="utf-8")


def _text(app: Sphinx, doctree: nodes.document, docname: str) -> PageText:
    book = project_of(app).book
    page = book.page(docname) if book else None
    every = book.config.framework_names if book else ()
    frameworks = page.frameworks if page else every
    return page_text(
        doctree,
        docname,
        app.builder.get_target_uri(docname),
        () if set(frameworks) == set(every) else frameworks,
        app.env.toc_secnumbers.get(docname, {}),
    )


def _put_index(app: Sphinx, site: Site) -> None:
    if not _is_searched(app):
        return
    book = project_of(app).book
    titles = {each.name: each.title for each in book.config.frameworks} if book else {}
    pages = [_read_text(app, docname) for docname in _docnames(app)]
    cache = Path(app.doctreedir) / _SHARDS

    def make() -> dict[str, bytes]:
        try:
            files = index(pages, titles, app.config.language, cache)
        except SearchError as failed:
            raise ExtensionError(str(failed)) from None
        return {f"{FOLDER}/{name}": content for name, content in files.items()}

    # Pagefind is a program of its own: it works while other files are written.
    site.add(make)


def _docnames(app: Sphinx) -> list[str]:
    """Return the pages that are searched, in the order of the book, then the others."""
    book = project_of(app).book
    order = [page.docname for page in book.pages] if book else []
    names = [*dict.fromkeys([*order, *sorted(app.env.found_docs)])]
    return [
        name
        for name in names
        if name in app.env.found_docs and "nosearch" not in app.env.metadata[name]
    ]


def _read_text(app: Sphinx, docname: str) -> PageText:
    file = _text_file(app, docname)
    try:
        return PageText.load(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError):
        # The page was written before its text was kept.
        doctree = app.env.get_and_resolve_doctree(docname, app.builder)
        return _text(app, doctree, docname)
