"""What the pages of the website link to, and where they will be served.

Read from ``_config.yml``; beside :mod:`polybook.book.launch` and
:mod:`polybook.book.discussion`::

    html:
      baseurl: https://book.example.org      # where the website will be served
      use_edit_page_button: true
      use_repository_button: true
      use_issues_button: true
    repository:
      url: https://github.com/ORG/REPO
      branch: main
      path_to_book: docs
    polybook:
      translations: {zh: https://zh.example.org}   # the same pages in other languages
"""

from __future__ import annotations

import re

import attrs

from polybook.book.discussion import Discussion, read_discussion
from polybook.book.launch import Launch, is_web_address, read_launch
from polybook.book.repository import HOSTS, Repository
from polybook.book.yaml_file import YamlFile

# As Jupyter Book has it.
_BRANCH = "master"
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
_BUTTONS = ("use_repository_button", "use_edit_page_button", "use_issues_button")


@attrs.frozen
class Website:
    """What pages link to.

    Attributes:
        base_url: Where the website will be served; empty if not known.
        repository: The book's folder in its repository; None if not known.
        buttons: Those of `use_repository_button` and the like that are wanted.
        launch: Where notebooks are run.
        discussion: Where pages are discussed.
        translations: Languages and the addresses of the book in them.
        logo: Picture of the book relative to it; empty without one.
    """

    base_url: str = ""
    repository: Repository | None = None
    buttons: frozenset[str] = frozenset()
    launch: Launch = attrs.field(factory=Launch)
    discussion: Discussion = attrs.field(factory=Discussion)
    translations: tuple[tuple[str, str], ...] = ()
    logo: str = ""

    def address(self, docname: str) -> str:
        """Return the address of a page; empty if not known."""
        return f"{self.base_url.rstrip('/')}/{docname}.html" if self.base_url else ""


def read_website(file: YamlFile) -> Website:
    """Return what the configuration says about the website.

    Raises:
        BookError: A setting cannot be used.
    """
    html = file.mapping("html")
    base_url = str(html.get("baseurl") or "")
    if base_url and not is_web_address(base_url):
        message = f"'{base_url}' is no address of the web"
        raise file.wrong(message, "write one, with https://", "html", "baseurl")
    repository = _repository(file)
    buttons = frozenset(name for name in _BUTTONS if html.get(name) is True)
    for name in sorted(buttons):
        if repository is None:
            mend = "write it as repository: url"
            raise file.wrong(f"'{name}' needs the repository's address", mend, "html", name)
        if name != "use_repository_button" and not repository.host:
            message = f"'{name}' works with {', '.join(HOSTS)} only, not with {repository.url}"
            raise file.wrong(message, "leave it out", "html", name)
    return Website(
        base_url=base_url,
        repository=repository,
        buttons=buttons,
        launch=read_launch(file),
        discussion=read_discussion(file),
        translations=_translations(file),
        logo=str(file.data.get("logo") or ""),
    )


def _repository(file: YamlFile) -> Repository | None:
    given = file.mapping("repository")
    url = str(given.get("url") or "").rstrip("/").removesuffix(".git")
    if not url:
        return None
    if not is_web_address(url):
        message = f"'{url}' is no address of the web"
        raise file.wrong(message, "write one, with https://", "repository", "url")
    branch, path = given.get("branch") or _BRANCH, given.get("path_to_book") or ""
    return Repository(url, str(branch), str(path).strip("/"))


def _translations(file: YamlFile) -> tuple[tuple[str, str], ...]:
    where = ("polybook", "translations")
    found = []
    for language, address in file.mapping(*where).items():
        if not _LANGUAGE.fullmatch(str(language)):
            mend = "write codes such as zh, pt-BR or zh-Hant"
            raise file.wrong(f"'{language}' is no language", mend, *where, str(language))
        if not is_web_address(str(address)):
            mend = "write where the book stands in that language, with https://"
            message = f"'{address}' is no address of the web"
            raise file.wrong(message, mend, *where, str(language))
        found.append((str(language), str(address).rstrip("/")))
    return tuple(found)
