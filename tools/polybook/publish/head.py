"""What search engines and other sites read of a page, and the map of the site.

Open Graph is the protocol of https://ogp.me; the map has the format of
https://www.sitemaps.org/protocol.html, without dates: they would be those of the build.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape, quoteattr

from babel.core import get_global
from docutils import nodes
from sphinx.application import Sphinx

from polybook.book.website import Website
from polybook.publish.builder import SITE_READY
from polybook.publish.project import project_of
from polybook.publish.site import Site

SITEMAP = "sitemap.xml"
ROBOTS = "robots.txt"
_LENGTH = 200
"""Most characters of a description; search engines show about as many."""
_SHOWN = (".png", ".jpg", ".jpeg", ".gif", ".webp")
"""Pictures that other sites show; few show SVG."""


def setup_head(app: Sphinx) -> None:
    """Put what a page's head says into its context, and put the map into the site."""
    app.connect("html-page-context", _add)
    app.connect(SITE_READY, _put)


def _add(
    app: Sphinx,
    pagename: str,
    template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    website = project_of(app).website
    language = str(app.config.language or "en")
    is_page = doctree is not None and pagename in app.env.found_docs
    text = description(doctree) if is_page and doctree else ""
    address = canonical_address(app, website, pagename) if is_page else ""
    is_front = pagename == app.config.root_doc
    context["page_head"] = {
        "description": text,
        "hidden": not is_page,
        "canonical": address,
        "alternates": alternates(app, website, pagename, language) if address else [],
        "open_graph": [
            ("og:type", "book" if is_front else "article"),
            ("og:site_name", str(app.config.html_title)),
            ("og:title", str(app.config.html_title) if is_front else _title(app, pagename)),
            ("og:description", text),
            ("og:url", address),
            ("og:image", _image(app, website, doctree)),
            ("og:locale", locale(language)),
        ]
        if is_page
        else [],
    }
    head = context["page_head"]
    head["open_graph"] = [(name, value) for name, value in head["open_graph"] if value]


def description(doctree: nodes.document) -> str:
    """Return the first paragraph of a page's own text, cut at a word where it is long."""
    for paragraph in doctree.findall(nodes.paragraph):
        # Notes, cells and captions are no beginning.
        if not isinstance(paragraph.parent, nodes.section | nodes.document):
            continue
        words = " ".join(paragraph.astext().split())
        if not words or {"polybook-unexecuted"} & set(paragraph["classes"]):
            continue
        if len(words) <= _LENGTH:
            return words
        return words[:_LENGTH].rpartition(" ")[0].rstrip(",;:.–—") + " …"
    return ""


def locale(language: str) -> str:
    """Return a language as Open Graph names it: with the country where it is likeliest spoken."""
    parts = language.replace("-", "_").split("_")
    country = next((part for part in parts[1:] if len(part) == 2 and part.isupper()), "")
    if not country:
        known = get_global("likely_subtags")
        full = known.get("_".join(parts)) or known.get(parts[0]) or ""
        country = next((part for part in full.split("_")[1:] if len(part) == 2), "")
    return f"{parts[0]}_{country}" if country else ""


def alternates(app: Sphinx, website: Website, pagename: str, language: str) -> list[dict[str, str]]:
    """Return the page in all languages, itself among them; none where there is one language."""
    if not website.translations:
        return []
    own = language.replace("_", "-")
    found = {own: canonical_address(app, website, pagename)}
    for name, base in website.translations:
        found.setdefault(name, f"{base}/{_target(app, pagename)}")
    return [{"language": name, "href": found[name]} for name in sorted(found)]


def _target(app: Sphinx, pagename: str) -> str:
    return quote(app.builder.get_target_uri(pagename))


def canonical_address(app: Sphinx, website: Website, pagename: str) -> str:
    """Return where a page lies on the web; nothing where the book does not tell its address."""
    base = website.base_url.rstrip("/")
    return f"{base}/{_target(app, pagename)}" if base else ""


def _title(app: Sphinx, pagename: str) -> str:
    title = app.env.titles.get(pagename)
    return " ".join(title.astext().split()) if title is not None else ""


def _image(app: Sphinx, website: Website, doctree: nodes.document | None) -> str:
    """Return the address of the page's first picture that other sites show, or of the logo."""
    base = website.base_url.rstrip("/")
    if not base:
        return ""
    for image in doctree.findall(nodes.image) if doctree else ():
        # Sphinx has written the page already: the address is that of the copy.
        folder, _, name = str(image.get("uri", "")).rpartition("/")
        if folder.endswith(app.builder.imagedir) and name.lower().endswith(_SHOWN):
            return f"{base}/{app.builder.imagedir}/{name}"
    if website.logo.lower().endswith(_SHOWN):
        return f"{base}/_static/{quote(website.logo.rpartition('/')[2])}"
    return ""


def _put(app: Sphinx, site: Site) -> None:
    website = project_of(app).website
    if not website.base_url:
        return
    site.put_bytes(SITEMAP, sitemap(app, website).encode())
    # Robots look for it at the root of a host only.
    if urlsplit(website.base_url).path in ("", "/"):
        base = website.base_url.rstrip("/")
        text = f"User-agent: *\nAllow: /\nSitemap: {base}/{SITEMAP}\n"
        site.put_bytes(ROBOTS, text.encode())


def sitemap(app: Sphinx, website: Website) -> str:
    """Return the map of the site: its pages, each with those in other languages."""
    language = str(app.config.language or "en")
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:xhtml="http://www.w3.org/1999/xhtml">',
    ]
    for pagename in sorted(app.env.found_docs):
        lines.append(f"<url><loc>{escape(canonical_address(app, website, pagename))}</loc>")
        lines += [
            f'<xhtml:link rel="alternate" hreflang={quoteattr(each["language"])}'
            f" href={quoteattr(each['href'])}/>"
            for each in alternates(app, website, pagename, language)
        ]
        lines.append("</url>")
    return "\n".join([*lines, "</urlset>\n"])
