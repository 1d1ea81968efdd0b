"""The discussion of a page: what a script loads when a reader asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from sphinx.application import Sphinx

from polybook.book.website import Website
from polybook.publish.theme import has_theme

GISCUS = "https://giscus.app/client.js"
UTTERANCES = "https://utteranc.es/client.js"
HYPOTHESIS = "https://hypothes.is/embed.js"


def setup_discussion(app: Sphinx) -> None:
    """Keep sphinx-comments from loading with each page what readers have not asked for."""
    app.connect("html-page-context", _leave_out, priority=990)


def _leave_out(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    if has_theme(app):
        context["script_files"] = [
            script
            for script in context.get("script_files", [])
            if getattr(script, "attributes", {}).get("kind") not in ("hypothesis", "utterances")
        ]


def threads(
    website: Website, docname: str, frameworks: Sequence[str], language: str
) -> list[dict[str, Any]]:
    """Return the discussions of a page as the script reads them.

    Each has the ``service``, the ``source`` of its script with ``attributes``, the ``host`` that
    is asked, and whether there is one for ``each_framework``; then ``{framework}`` stands for
    the reader's.
    """
    found = []
    discussion = website.discussion
    several = len(frameworks) > 1
    if discussion.discourse:
        address = website.address(docname)
        found.append(
            _thread("discourse", f"{discussion.discourse}/javascripts/embed.js", several)
            | {
                "forum": discussion.discourse,
                "page": f"{address}?framework={{framework}}" if frameworks else address,
            }
        )
    if discussion.giscus:
        term = f"{docname} ({{framework}})" if frameworks else docname
        settings = {"mapping": "specific", "term": term, "strict": "1", **discussion.giscus}
        found.append(_giscus(settings, language, several))
    comments = discussion.comments
    if "giscus" in comments:
        found.append(_giscus({"mapping": "pathname", **comments["giscus"]}, language, False))
    if "utterances" in comments:
        # The names and values are those of sphinx-comments.
        settings = {"issue-term": "pathname", "label": "💬 comment", **comments["utterances"]}
        attributes = {"crossorigin": "anonymous", **settings}
        found.append(_thread("utterances", UTTERANCES, False) | {"attributes": attributes})
    if "hypothesis" in comments:
        settings = dict(comments["hypothesis"])
        found.append(_thread("hypothesis", HYPOTHESIS, False) | {"settings": settings})
    return found


def _giscus(settings: Mapping[str, str], language: str, several: bool) -> dict[str, Any]:
    standard = {
        "reactions-enabled": "1",
        "emit-metadata": "0",
        "input-position": "top",
        "lang": language,
    }
    attributes = {f"data-{name}": value for name, value in {**standard, **settings}.items()}
    attributes["crossorigin"] = "anonymous"
    return _thread("giscus", GISCUS, several) | {"attributes": attributes}


def _thread(service: str, source: str, each_framework: bool) -> dict[str, Any]:
    return {
        "service": service,
        "source": source,
        "host": urlsplit(source).hostname,
        "attributes": {},
        "each_framework": each_framework,
    }
