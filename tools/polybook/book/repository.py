"""A folder in a repository that a host such as GitHub shows to everyone.

The addresses are those that the hosts document; a self-hosted one counts by the name that its
host name contains, such as ``gitlab.example.org``.
"""

from __future__ import annotations

import posixpath
import re
from urllib.parse import quote, urlencode, urlsplit

import attrs

HOSTS = ("github", "gitlab", "bitbucket")
"""Those whose addresses we know."""

_TREE = re.compile(
    r"(?P<url>https?://[^/]+/[^?#]+?)/(?:-/)?tree/(?P<branch>[^/?#]+)(?:/(?P<path>[^?#]*))?"
)


@attrs.frozen
class Repository:
    """A folder of a branch of a repository.

    Attributes:
        url: Address of the repository, without a slash at the end.
        branch: The branch.
        path: The folder, relative to the repository; empty for all of it.
    """

    url: str
    branch: str
    path: str = ""

    @property
    def host(self) -> str:
        """One of `HOSTS`; empty for another, whose addresses we do not know."""
        name = urlsplit(self.url).hostname or ""
        return next((host for host in HOSTS if host in name), "")

    @property
    def name(self) -> str:
        """Owner and repository, such as ``octocat/book``."""
        return urlsplit(self.url).path.strip("/").removesuffix(".git")

    def is_on(self, *sites: str) -> bool:
        """Tell whether it lies on one of ``sites``, such as ``github.com``."""
        return (urlsplit(self.url).hostname or "").removeprefix("www.") in sites

    def file(self, path: str) -> str:
        """Return a file's path in the repository."""
        return posixpath.join(self.path, path)

    def shown(self, path: str) -> str:
        """Return the address of the page that shows a file."""
        return self._at({"gitlab": "-/blob", "bitbucket": "src"}.get(self.host, "blob"), path)

    def raw(self, path: str) -> str:
        """Return the address of a file's content."""
        return self._at({"gitlab": "-/raw", "bitbucket": "raw"}.get(self.host, "raw"), path)

    def edit(self, path: str) -> str:
        """Return the address where a reader edits a file; empty for a host that we do not know."""
        if self.host == "bitbucket":
            return f"{self.shown(path)}?mode=edit"
        kind = {"github": "edit", "gitlab": "-/edit"}.get(self.host)
        return self._at(kind, path) if kind else ""

    def issue(self, title: str, body: str) -> str:
        """Return the address where a reader reports a problem, with its text begun.

        It is empty for a host that takes no text, or that we do not know.
        """
        # Not +, which GitLab shows as it is.
        if self.host == "github":
            return f"{self.url}/issues/new?" + urlencode(
                {"title": title, "body": body}, quote_via=quote, safe="/:"
            )
        if self.host == "gitlab":
            return f"{self.url}/-/issues/new?" + urlencode(
                {"issue[title]": title, "issue[description]": body}, quote_via=quote, safe="/:"
            )
        return ""

    def _at(self, kind: str, path: str) -> str:
        return f"{self.url}/{kind}/{quote(self.branch)}/{quote(self.file(path))}"


def folder_at(url: str) -> Repository | None:
    """Return the folder whose page on GitHub or GitLab has the address ``url``.

    It is what a browser shows as the address of a folder:
    ``https://github.com/ORG/REPO/tree/BRANCH/FOLDER``, on GitLab with ``/-/tree/``. None for
    another address. A branch whose name holds a slash cannot be told from a folder.
    """
    match = _TREE.fullmatch(url.rstrip("/"))
    if match is None:
        return None
    found = Repository(match["url"], match["branch"], (match["path"] or "").strip("/"))
    return found if found.host in ("github", "gitlab") else None
