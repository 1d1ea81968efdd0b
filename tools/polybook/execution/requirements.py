"""Reading pip's requirements files, as far as freshness depends on them."""

from __future__ import annotations

import re
from pathlib import Path

_COMMENT = re.compile(r"(^|\s)#.*$")
_INCLUDE = re.compile(r"(?P<kind>-r|--requirement|-c|--constraint)[\s=]*(?P<file>\S+)$")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?=\s*(?:[\[<>=!~;@]|$))")


def requirement_lines(file: Path) -> list[str]:
    """Return what ``file`` asks of pip, one requirement or option per entry.

    Comments, blank lines and the layout are gone, and the files that ``-r``
    and ``-c`` name are read in, so two equal lists ask for the same thing.
    """
    lines: list[str] = []
    for raw in file.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        line = " ".join(_COMMENT.sub("", raw).split())
        if include := _INCLUDE.match(line):
            # A constraint pins a package but does not ask for it.
            mark = "-c " if include["kind"] in ("-c", "--constraint") else ""
            lines += [mark + inner for inner in requirement_lines(file.parent / include["file"])]
        elif line:
            lines.append(line)
    return lines


def write_requirements(lines: list[str], folder: Path) -> Path:
    """Write files into ``folder`` that ask for ``lines``, and return the first.

    :func:`requirement_lines` reads the same lines from it, in another order.
    """
    folder.mkdir(parents=True, exist_ok=True)
    constraints = [line.removeprefix("-c ") for line in lines if line.startswith("-c ")]
    own = [line for line in lines if not line.startswith("-c ")]
    if constraints:
        write_requirements(constraints, folder / "constraints")
        own.append("-c constraints/requirements.txt")
    file = folder / "requirements.txt"
    file.write_text("".join(f"{line}\n" for line in own), encoding="utf-8")
    return file


def requirement_names(lines: list[str]) -> list[str]:
    """Return the sorted names of the packages that ``lines`` ask for."""
    return sorted({normalized(match[0]) for line in lines if (match := _NAME.match(line))})


def normalized(name: str) -> str:
    """Return the one spelling of a package's name that the indexes compare."""
    return re.sub(r"[-_.]+", "-", name).lower()
