"""What each page offers to take home, and the files that this leads to."""

from __future__ import annotations

from html import escape
from typing import Any

from sphinx.application import Sphinx
from sphinx.locale import _

from polybook.book import Framework, Page
from polybook.execution.data import declared_files
from polybook.publish.archive import archive_name, archive_place, put_archives
from polybook.publish.builder import SITE_READY, BookBuilder
from polybook.publish.download_keys import DownloadKeys
from polybook.publish.downloads import downloads, put_page
from polybook.publish.installation import library_files
from polybook.publish.launch import FOLDER as LAUNCH
from polybook.publish.launch import buttons
from polybook.publish.page_key import PAGE_FACTS
from polybook.publish.project import Project, project_of
from polybook.publish.site import Site
from polybook.publish.theme import has_theme


def setup_take_home(app: Sphinx) -> None:
    """Offer the files of each page in its context, and put them into the site."""
    app.connect("html-page-context", _offer)
    app.connect(PAGE_FACTS, _facts)
    app.connect(SITE_READY, _put)


def _offer(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Put what the page offers into the context as ``take_home``; None for nothing."""
    project = project_of(app)
    page = project.book.page(pagename) if project.book else None
    context["take_home"] = None
    if page is None or app.builder.name != BookBuilder.name:
        return
    is_front = pagename == app.config.root_doc
    offers = [_of_framework(project, page, name, is_front, context) for name in page.frameworks]
    shown = [each for each in offers if each]
    if not shown:
        return
    context["take_home"] = {"frameworks": shown}
    if not has_theme(app):
        # Another theme has no place for it.
        context["body"] = context["body"].replace("</h1>", f"</h1>\n{_line(shown)}", 1)


def _line(offers: list[dict[str, Any]]) -> str:
    """Return a line with one link for each framework: the notebook, or the whole book."""
    links = []
    for each in offers:
        file = each["files"][0] if each["files"] else each["archive"]
        links.append(
            f'<a href="{escape(file["href"])}" download="{escape(file["name"])}">'
            f"{escape(each['title'])}</a>"
        )
    values = {"framework": " · ".join(links)}
    notebooks = _("Notebook: %(framework)s") % values
    words = notebooks if offers[0]["files"] else _("Download all notebooks: %(framework)s") % values
    return f'<p class="polybook-notebooks">{words}</p>'


def _of_framework(
    project: Project, page: Page, framework: str, is_front: bool, context: dict[str, Any]
) -> dict[str, Any] | None:
    """Return what a template shows for one framework."""
    book = project.book
    assert book is not None
    offered = downloads(project, page, framework)
    if offered is None and not is_front:
        return None
    pathto = context["pathto"]
    files = []
    titles = {
        "executed": _("With outputs"),
        "clean": _("Without outputs"),
        "script": _("Python script"),
    }
    for kind, title in titles.items():
        if offered and (place := getattr(offered, kind)):
            name = place.rpartition("/")[2]
            files.append({"title": title, "href": pathto(place, 1), "name": name})
    found = buttons(book.config.website, page, framework) if offered else ()
    return {
        "name": framework,
        "title": book.config.framework(framework).title,
        "files": files,
        "launch": [{"title": each.title, "href": each.address} for each in found],
        "archive": {
            "href": pathto(archive_place(framework), 1),
            "name": f"{archive_name(book, framework)}.zip",
        },
    }


def _facts(app: Sphinx, docname: str) -> object:
    """Return what decides, beside the page itself, what it offers and links to."""
    project = project_of(app)
    frameworks = project.book.config.frameworks if project.book else ()
    titles = [(each.name, each.title) for each in frameworks]
    title = project.book.config.title if project.book else ""
    return repr((project.website, title, titles))


def _put(app: Sphinx, site: Site) -> None:
    """Put all that the pages offer into the site."""
    project = project_of(app)
    book = project.book
    if book is None:
        return
    keys = DownloadKeys(project)
    for page in book.pages:
        put_page(project, page, site, keys)
    put_archives(project, site, keys)
    if book.config.website.launch.notebooks:
        for framework in book.config.frameworks:
            _put_launched(project, framework, site, keys)


def _put_launched(project: Project, framework: Framework, site: Site, keys: DownloadKeys) -> None:
    """Put what launched notebooks fetch into the site: the library and the data."""
    book = project.book
    assert book is not None
    folder = f"{LAUNCH}/{framework.name}"
    if framework.name in project.libraries:
        library = project.libraries[framework.name]
        for name, text in library_files(book, framework, library).items():
            site.put_bytes(f"{folder}/{name}", text.encode())
    data = {
        name
        for page in book.pages
        if framework.name in page.frameworks
        for name in declared_files(book.folder, page.needs.data)
    }
    for name in sorted(data):
        site.put(f"{folder}/{name}", keys.of_file(name), (book.folder / name).read_bytes)
