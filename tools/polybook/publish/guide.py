"""What a reader of the archive is told: how to install it, how to start it, what is in it."""

from __future__ import annotations

import sys
from urllib.parse import quote

from polybook.publish.installation import Lock, imported, library_imports, origins_of
from polybook.publish.project import Project

REQUIREMENTS = "requirements.txt"
_CONSTRAINTS = "constraints.txt"
_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"

_GUIDE = """\
# {title}

The notebooks of *{title}* for {framework}{with_outputs}.{website}

## Install, once

You need Python {python}. In this folder, type:

```bash
python{python} -m venv .venv
. .venv/bin/activate
python -m pip install -r requirements.txt
python -m pip install jupyterlab
{library}```

On Windows the first two lines are `py -{python} -m venv .venv` and
`.venv\\Scripts\\activate`{windows}.

`requirements.txt` {versions}{moved}

## Start

In this folder, each time:

```bash
. .venv/bin/activate
jupyter lab
```

## Contents

{contents}
"""
_LIBRARY = """\
python -m ipykernel install --sys-prefix --name python3 --env PYTHONPATH "$PWD"
"""


def guide(project: Project, framework: str) -> str:
    """Return the text of the archive's README."""
    book = project.book
    assert book is not None
    settings = book.config.framework(framework)
    has_library = framework in project.libraries
    address = book.config.base_url.rstrip("/")
    has_outputs = any(
        page.outputs or framework in project.shown(page)
        for page in book.pages
        if framework in page.frameworks
    )
    return _GUIDE.format(
        title=book.config.title,
        framework=settings.title,
        with_outputs=", with their outputs" if has_outputs else "",
        website=f" The book is at <{address}/>." if address else "",
        python=_PYTHON,
        library=_LIBRARY if has_library else "",
        windows=", and `%CD%` takes the place of `$PWD`" if has_library else "",
        versions=(
            "holds the versions with which the outputs were made."
            if _lock(project, framework).packages
            else "names what the notebooks import; the book fixes no versions."
        ),
        moved=(
            f"\nThe last line tells the notebooks where their library `{settings.library}` lies; "
            "type it again if you move\nthe folder."
            if has_library
            else ""
        ),
        contents=_contents(project, framework),
    )


def _contents(project: Project, framework: str) -> str:
    assert project.book is not None
    lines = []
    for page in project.book.pages:
        if framework in page.frameworks:
            number = ".".join(map(str, page.entry.number))
            title = " ".join(page.chapter.title.split())
            indent = "  " * max(len(page.entry.number) - 1, 0)
            words = f"{number} {title}" if number else title
            lines.append(f"{indent}* [{words}]({quote(page.stem)}.ipynb)")
    return "\n".join(lines)


def _lock(project: Project, framework: str) -> Lock:
    return Lock(tuple(project.keys.environments[framework].lines()))


def requirements(project: Project, framework: str) -> dict[str, str]:
    """Return the requirements files of the archive, by name.

    Without a lock they name what the notebooks import, and what runs them.
    """
    lock = _lock(project, framework)
    if not lock.lines:
        names = {name for name in _imported(project, framework).values() if name}
        return {REQUIREMENTS: "".join(f"{name}\n" for name in sorted({"ipykernel", *names}))}
    own = [line for line in lock.lines if not line.startswith("-c ")]
    constraints = [line.removeprefix("-c ") for line in lock.lines if line.startswith("-c ")]
    found = {}
    if constraints:
        plain = dict.fromkeys(line.removeprefix("-c ") for line in constraints)
        found[_CONSTRAINTS] = "".join(f"{line}\n" for line in plain)
        own.append(f"-c {_CONSTRAINTS}")
    return {REQUIREMENTS: "".join(f"{line}\n" for line in own), **found}


def _imported(project: Project, framework: str) -> dict[str, str | None]:
    """Return the distributions of all modules that a framework's notebooks import."""
    assert project.book is not None
    keys = project.keys
    modules: set[str] = set()
    for page in project.book.pages:
        if framework in page.frameworks:
            modules |= imported(code.source for code in keys.cells(page, framework))
    if framework in keys.libraries:
        library = keys.libraries[framework]
        modules |= library_imports(library, keys.graphs[framework].names)
    settings = project.book.config.framework(framework)
    return origins_of(modules - {settings.library.partition(".")[0]}, Lock(()))
