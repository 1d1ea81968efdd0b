"""Where readers run the notebooks in their browser.

::

    polybook:
      launch:
        notebooks: https://github.com/ORG/REPO/tree/gh-pages/launch
        services: [colab, kaggle]   # of binder, colab, deepnote, kaggle, studiolab

    launch_buttons:                 # Jupyter Book's
      colab_url: https://colab.research.google.com
      binderhub_url: https://mybinder.org
      jupyterhub_url: https://hub.example.org
      deepnote_url: https://deepnote.com
      notebook_interface: jupyterlab   # or classic; JupyterLab if left out

A build writes the notebooks into the folder ``launch`` of the website; ``notebooks`` says where
that folder has been published: the address of a folder on GitHub or GitLab, as the browser shows
it, or any other address below which the files lie. A service is offered if ``services`` names it,
or ``launch_buttons`` gives it an address. Without ``notebooks`` only chapters that are notebooks
themselves can be opened, from the book's own ``repository``, as in Jupyter Book.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

import attrs

from polybook.book.repository import Repository, folder_at
from polybook.book.yaml_file import YamlFile

SETTINGS = ("notebooks", "services")
WELL_KNOWN = {
    "binder": "https://mybinder.org",
    "colab": "https://colab.research.google.com",
    "deepnote": "https://deepnote.com",
    "kaggle": "https://kaggle.com",
    "studiolab": "https://studiolab.sagemaker.aws",
}
"""Where the services are that have one address for everyone."""

_BUTTONS = {
    "binderhub_url": "binder",
    "jupyterhub_url": "jupyterhub",
    "colab_url": "colab",
    "deepnote_url": "deepnote",
}
_GITHUB_ONLY = ("colab", "deepnote", "studiolab")
_NEED_REPOSITORY = ("binder", "jupyterhub")
_WHERE = ("polybook", "launch")
_FOLDER = "write the address of its folder, such as https://github.com/ORG/REPO/tree/BRANCH/launch"


@attrs.frozen
class Launch:
    """What opens the notebooks elsewhere.

    Attributes:
        notebooks: Where the folder ``launch`` of the website is published; empty if nowhere.
        services: Names and addresses, in the order in which readers see them.
        interface: What Binder and JupyterHub open: ``jupyterlab`` or ``classic``.
        line: Line in ``_config.yml`` of the first setting that names a service.
    """

    notebooks: str = ""
    services: tuple[tuple[str, str], ...] = ()
    interface: str = "jupyterlab"
    line: int = 1

    @property
    def repository(self) -> Repository | None:
        """The folder of the notebooks, if it is one of a repository."""
        return folder_at(self.notebooks)

    def address(self, path: str) -> str:
        """Return where the content of a published file is found."""
        if self.repository:
            return self.repository.raw(path)
        return f"{self.notebooks}/{quote(path)}"


def read_launch(file: YamlFile) -> Launch:
    """Return what the configuration says about services.

    Raises:
        BookError: A service is unknown, lacks an address, or cannot open notebooks from where
            they are published.
    """
    given = file.mapping(*_WHERE)
    file.only(given, SETTINGS, *_WHERE)
    notebooks = str(given.get("notebooks") or "").rstrip("/")
    if notebooks and not is_web_address(notebooks):
        raise file.wrong(f"'{notebooks}' is no address of the web", _FOLDER, *_WHERE, "notebooks")
    buttons = file.mapping("launch_buttons")
    lines = {}
    services = {}
    for name in _names(file, given.get("services")):
        lines[name] = (*_WHERE, "services")
        services[name] = WELL_KNOWN.get(name, "")
    for key, name in _BUTTONS.items():
        if address := str(buttons.get(key) or "").rstrip("/"):
            if not is_web_address(address):
                message = f"'{address}' is no address of the web"
                raise file.wrong(message, "write one, with https://", "launch_buttons", key)
            lines.setdefault(name, ("launch_buttons", key))
            services[name] = address
    for name, address in services.items():
        if not address:
            mend = f"write it as launch_buttons: {name}_url"
            raise file.wrong(f"'{name}' has no address of its own", mend, *lines[name])
    found = Launch(
        notebooks,
        tuple(services.items()),
        _interface(file, buttons.get("notebook_interface")),
        min((file.line(*keys) for keys in lines.values()), default=1),
    )
    _check_source(file, found, [*lines.values()])
    return found


def is_web_address(text: str) -> bool:
    """Tell whether ``text`` is an address with ``http://`` or ``https://``."""
    protocol, mark, rest = text.partition("://")
    return protocol in ("http", "https") and bool(mark and rest) and " " not in text


def _names(file: YamlFile, value: object) -> list[str]:
    names = [] if value is None else value if isinstance(value, list) else [value]
    for name in names:
        if name not in (*WELL_KNOWN, "jupyterhub"):
            known = ", ".join([*WELL_KNOWN, "jupyterhub"])
            message = f"there is no service '{name}'"
            raise file.wrong(message, f"write some of {known}", *_WHERE, "services")
    return list(dict.fromkeys(map(str, names)))


def _interface(file: YamlFile, value: object) -> str:
    if value not in (None, "", "classic", "jupyterlab"):
        message = f"'notebook_interface' cannot be '{value}'"
        mend = "write classic or jupyterlab"
        raise file.wrong(message, mend, "launch_buttons", "notebook_interface")
    return str(value or "jupyterlab")


def _check_source(file: YamlFile, launch: Launch, lines: Sequence[tuple[str, ...]]) -> None:
    """Refuse services that cannot open notebooks from where they are published."""
    if not launch.notebooks:
        if file.mapping(*_WHERE).get("services"):
            message = "'services' is set, but not where they find the notebooks"
            mend = "say with 'notebooks' where the folder launch of the website is published"
            raise file.wrong(message, mend, *_WHERE, "services")
        return
    where = launch.repository
    for (name, _), keys in zip(launch.services, lines, strict=True):
        if name in _GITHUB_ONLY and not (where and where.is_on("github.com")):
            message = f"{name} opens notebooks from github.com only, not from {launch.notebooks}"
            raise file.wrong(message, f"{_FOLDER}, or leave {name} out", *keys)
        if name in _NEED_REPOSITORY and where is None:
            message = f"{name} opens notebooks from a repository only, not from {launch.notebooks}"
            raise file.wrong(message, f"{_FOLDER}, or leave {name} out", *keys)
