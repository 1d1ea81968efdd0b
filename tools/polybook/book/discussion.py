"""Where readers discuss a page.

::

    polybook:
      discussion:
        url: https://forum.example.org/tag/{framework}?page={page}   # a link on each page

Or a thread at the end of each page, which is loaded when a reader asks for it; one for each page
and framework::

      discussion:
        discourse: https://forum.example.org      # needs `html: baseurl`
      discussion:
        giscus: {repo: ORG/REPO, repo_id: R_..., category: Pages, category_id: DIC_...}

In ``url``, ``{page}`` stands for the page's path without its suffix, ``{title}`` for its title and
``{framework}`` for the name of the framework that the reader sees. A link may stand beside one of
the other two. Jupyter Book's ``html: comments:`` (``giscus``, ``utterances``, ``hypothesis``) does
what it does there, but is loaded when a reader asks for it as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import attrs

from polybook.book.launch import is_web_address
from polybook.book.yaml_file import YamlFile
from polybook.source.suggestion import did_you_mean

SETTINGS = ("url", "discourse", "giscus")
PLACEHOLDERS = ("page", "title", "framework")
_GISCUS = ("repo", "repo_id", "category", "category_id")
_WHERE = ("polybook", "discussion")
_REPOSITORY_NAME = re.compile(r"[\w.-]+/[\w.-]+")


@attrs.frozen
class Discussion:
    """Where a page is discussed.

    Attributes:
        url: Address with placeholders, for a link; empty without one.
        discourse: Address of the forum whose thread stands on each page; empty without one.
        giscus: Settings of giscus by name, if its thread stands on each page.
        comments: What ``html: comments:`` says, by the name of the service.
    """

    url: str = ""
    discourse: str = ""
    giscus: Mapping[str, str] = attrs.field(factory=dict)
    comments: Mapping[str, Mapping[str, str]] = attrs.field(factory=dict)

    def link(self, page: str, title: str, framework: str) -> str:
        """Return the link for a page and a framework; empty without one."""
        given = {"page": page, "title": title, "framework": framework}
        return re.sub(r"\{(\w+)\}", lambda match: quote(given[match[1]], safe=""), self.url)


def read_discussion(file: YamlFile) -> Discussion:
    """Return where readers discuss, as the configuration says.

    Raises:
        BookError: A setting cannot be used.
    """
    given = file.mapping(*_WHERE)
    file.only(given, SETTINGS, *_WHERE)
    if "discourse" in given and "giscus" in given:
        message = "a page has one thread, of discourse or of giscus"
        raise file.wrong(message, "leave one of the two out", *_WHERE, "giscus")
    giscus = file.mapping(*_WHERE, "giscus")
    file.only(giscus, _GISCUS, *_WHERE, "giscus")
    for key in _GISCUS if "giscus" in given else ():
        if not giscus.get(key):
            message = f"giscus needs the setting '{key}'"
            raise file.wrong(message, "https://giscus.app tells its value", *_WHERE, "giscus")
    if giscus:
        _check_repository(file, str(giscus["repo"]), *_WHERE, "giscus", "repo")
    return Discussion(
        url=_url(file, given.get("url")),
        discourse=_discourse(file, given.get("discourse")),
        giscus=_texts(giscus),
        comments=_comments(file),
    )


def _url(file: YamlFile, value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or not is_web_address(value):
        mend = "write one such as https://forum.example.org/tag/{framework}, in quotes"
        raise file.wrong(f"'{value}' is no address of the web", mend, *_WHERE, "url")
    for name in re.findall(r"\{(.*?)\}", value):
        if name not in PLACEHOLDERS:
            mend = did_you_mean(name, PLACEHOLDERS)
            raise file.wrong(f"nothing stands for '{{{name}}}'", mend, *_WHERE, "url")
    return value


def _discourse(file: YamlFile, value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or not is_web_address(value):
        mend = "write the address of the forum, with https://"
        raise file.wrong(f"'{value}' is no address of the web", mend, *_WHERE, "discourse")
    if not file.mapping("html").get("baseurl"):
        message = "Discourse knows a page by its address, which is not known"
        raise file.wrong(message, "set html: baseurl", *_WHERE, "discourse")
    return value.rstrip("/")


def _comments(file: YamlFile) -> dict[str, dict[str, str]]:
    where = ("html", "comments")
    found: dict[str, dict[str, str]] = {}
    for name in ("giscus", "utterances", "hypothesis"):
        value = file.mapping(*where).get(name)
        # For Hypothesis `true` is all there is to say.
        if not value or (value is True and name == "hypothesis"):
            found |= {name: {}} if value else {}
            continue
        settings = file.mapping(*where, name)
        if name != "hypothesis":
            _check_repository(file, str(settings.get("repo") or ""), *where, name, "repo")
        found[name] = _texts(settings)
    return found


def _check_repository(file: YamlFile, name: str, *keys: str) -> None:
    if not _REPOSITORY_NAME.fullmatch(name):
        message = f"'{name}' is no repository" if name else f"'{':'.join(keys)}' is not set"
        raise file.wrong(message, "write ORGANISATION/REPOSITORY", *keys)


def _texts(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return settings as the attributes of a script have them."""
    # YAML's true and 1 are one thing for giscus, "1".
    plain = {True: "1", False: "0"}
    return {
        str(key).replace("_", "-"): plain[value] if isinstance(value, bool) else str(value)
        for key, value in settings.items()
    }
