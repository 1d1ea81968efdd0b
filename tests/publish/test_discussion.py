"""Links below a page, and its discussion: what the configuration makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from settings import examples, followed
from sphinx.locale import translators

from polybook.book.website import Website
from polybook.publish.discussion import threads
from polybook.publish.page_links import Subject, page_links


@pytest.fixture(autouse=True)
def english() -> None:
    """Forget the language of a book that another test has built in this process."""
    translators.clear()


PAGE = Subject("deep/one", "One & All", "deep/one.md", ("alpha", "beta"))


def told(website: Website) -> str:
    """Return the links and the threads of the page as text."""
    lines = []
    for link in page_links(website, PAGE):
        framework = f" {link['framework']}" if link.get("framework") else ""
        lines.append(f"{link['kind']}{framework}: {link['href']}")
    for thread in threads(website, PAGE.docname, PAGE.frameworks, "en"):
        each = ", for each framework" if thread["each_framework"] else ""
        lines.append(f"{thread['service']} from {thread['host']}{each}")
        lines += [f"  {name}={value}" for name, value in sorted(thread["attributes"].items())]
        lines += [f"  {name}: {thread[name]}" for name in ("forum", "page") if name in thread]
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize(("given", "expected"), examples("page-links.md"))
def test_links_and_threads(tmp_path: Path, given: str, expected: str) -> None:
    assert followed(tmp_path, given, told) == expected


def test_a_book_without_frameworks_has_one_link(tmp_path: Path) -> None:
    given = "polybook: {discussion: {url: 'https://forum.example.org/{page}{framework}'}}"

    def told_of_plain(website: Website) -> str:
        (link,) = page_links(website, Subject("one", "One", "one.md"))
        return link["href"]

    assert followed(tmp_path, given, told_of_plain) == "https://forum.example.org/one"
