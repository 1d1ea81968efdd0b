"""Buttons that open a page's notebook in a service, and the notebook that they open."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import attrs
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from polybook.book import Page
from polybook.book.ipynb import SUFFIX
from polybook.book.repository import Repository
from polybook.book.website import Website
from polybook.notebook.reader import notebook_path
from polybook.publish.installation import Needed
from polybook.publish.setup_cell import setup_cell

FOLDER = "launch"
TITLES = {
    "binder": "Binder",
    "colab": "Colab",
    "deepnote": "Deepnote",
    "jupyterhub": "JupyterHub",
    "kaggle": "Kaggle",
    "studiolab": "Studio Lab",
}


@attrs.frozen
class Button:
    """A link that opens a notebook elsewhere.

    Attributes:
        service: Its name in the configuration.
        title: What readers see.
        address: Where it leads.
    """

    service: str
    title: str
    address: str


def buttons(website: Website, page: Page, framework: str) -> tuple[Button, ...]:
    """Return the buttons of a page for a framework; none where its notebook is not published."""
    launch = website.launch
    if launch.notebooks:
        repository, path = launch.repository, str(notebook_path(page, framework))
        plain = launch.address(path)
    elif page.path.endswith(SUFFIX) and website.repository:
        # The chapter itself, as Jupyter Book has it.
        repository, path = website.repository, page.path
        plain = repository.raw(path)
    else:
        return ()
    found = []
    for service, address in launch.services:
        link = _link(service, address, repository, path, plain, launch.interface)
        if link:
            found.append(Button(service, TITLES[service], link))
    return tuple(found)


def _link(
    service: str,
    address: str,
    repository: Repository | None,
    path: str,
    plain: str,
    interface: str,
) -> str:
    """Return the address at which ``service`` opens a notebook; empty if it cannot."""
    if service == "kaggle":
        shown = repository.shown(path) if repository and repository.is_on("github.com") else plain
        return f"{address}/kernels/welcome?" + urlencode({"src": shown})
    if repository is None:
        return ""
    file = repository.file(path)
    if service == "binder":
        # Binder's own parameter for JupyterLab; the older interface has none.
        query = {"labpath": file} if interface == "jupyterlab" else {"urlpath": f"tree/{file}"}
        return f"{address}/v2/{_source(repository)}?{urlencode(query, safe='/')}"
    if service == "jupyterhub":
        # Where nbgitpuller puts the repository.
        folder = f"{repository.name.rpartition('/')[2]}/{file}"
        query = {
            "repo": repository.url,
            "branch": repository.branch,
            "urlpath": f"{'lab/' if interface == 'jupyterlab' else ''}tree/{folder}",
        }
        return f"{address}/hub/user-redirect/git-pull?{urlencode(query, safe='/')}"
    if not repository.is_on("github.com"):
        return ""
    if service == "deepnote":
        return f"{address}/launch?" + urlencode({"url": repository.shown(path)})
    on_github = f"github/{repository.name}/blob/{quote(repository.branch)}/{quote(file)}"
    return f"{address}/{'import/' if service == 'studiolab' else ''}{on_github}"


def _source(repository: Repository) -> str:
    """Return how Binder names a branch of a repository."""
    branch = quote(repository.branch, safe="")
    if repository.is_on("github.com"):
        return f"gh/{repository.name}/{branch}"
    if repository.is_on("gitlab.com"):
        return f"gl/{quote(repository.name, safe='')}/{branch}"
    return f"git/{quote(repository.url, safe='')}/{branch}"


def launch_notebook(notebook: NotebookNode, needs: Needed, where: str) -> NotebookNode:
    """Return the notebook that a service opens: what it needs is got by its first cell.

    Args:
        notebook: The reader's notebook without outputs.
        needs: What it needs.
        where: The address below which the framework's files are published.
    """
    if not needs:
        return notebook
    cell = new_code_cell(setup_cell(needs, where), id="setup", metadata={"tags": ["setup"]})
    return NotebookNode({**notebook, "cells": [cell, *notebook.cells]})
