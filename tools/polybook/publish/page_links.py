"""What a reader can do about a page: edit it, report a problem, discuss it."""

from __future__ import annotations

from typing import Any

import attrs
from sphinx.application import Sphinx
from sphinx.locale import _

from polybook.book.website import Website
from polybook.publish.discussion import threads
from polybook.publish.project import project_of


@attrs.frozen
class Subject:
    """The page that links are about.

    Attributes:
        docname: As Sphinx names it.
        title: Its title.
        path: Its file relative to the book.
        frameworks: Names of those for which it exists; none in a book without frameworks.
    """

    docname: str
    title: str
    path: str
    frameworks: tuple[str, ...] = ()


def setup_page_links(app: Sphinx) -> None:
    """Put the links of each page into its context as ``page_links``."""
    app.connect("html-page-context", _add)


def _add(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    context["page_links"] = None
    if pagename not in app.env.found_docs:
        return
    project = project_of(app)
    page = project.book.page(pagename) if project.book else None
    title = app.env.titles.get(pagename)
    subject = Subject(
        docname=pagename,
        title=" ".join(title.astext().split()) if title is not None else pagename,
        path=str(app.env.doc2path(pagename, False)),
        frameworks=page.frameworks if page else (),
    )
    website = project.website
    links = page_links(website, subject)
    # Giscus names languages as the web does.
    language = str(app.config.language or "en").replace("_", "-")
    discussions = threads(website, pagename, subject.frameworks, language)
    if links or discussions:
        words = {
            "edit": _("Edit this page"),
            "report": _("Report a problem"),
            "discuss": _("Discuss this page"),
            "repository": _("Source code"),
        }
        context["page_links"] = {"words": words, "links": links, "threads": discussions}


def page_links(website: Website, page: Subject) -> list[dict[str, str]]:
    """Return the links of a page: the kind, where it leads, and perhaps for which framework."""
    found = []
    repository, buttons = website.repository, website.buttons
    if repository and "use_edit_page_button" in buttons:
        found.append({"kind": "edit", "href": repository.edit(page.path)})
    if repository and "use_issues_button" in buttons:
        where = website.address(page.docname) or page.path
        title = _("Problem on the page “%(title)s”") % {"title": page.title}
        text = _("Page: %(page)s\n\nWhat is wrong, and what did you expect?\n\n") % {"page": where}
        found.append({"kind": "report", "href": repository.issue(title, text)})
    if website.discussion.url:
        for framework in page.frameworks or ("",):
            address = website.discussion.link(page.docname, page.title, framework)
            found.append({"kind": "discuss", "href": address, "framework": framework})
    if repository and "use_repository_button" in buttons:
        found.append({"kind": "repository", "href": repository.url})
    # Bitbucket takes no problem's text, and has no page for one that everyone may open.
    return [link for link in found if link["href"]]
