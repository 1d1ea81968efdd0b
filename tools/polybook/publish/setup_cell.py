"""The first cell of a notebook that runs elsewhere: it gets what the notebook needs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from polybook.publish.installation import Needed


def setup_cell(needs: Needed, where: str) -> str:
    """Return the code that installs what a notebook needs, and does nothing once it is there.

    Args:
        needs: What it needs; something.
        where: The address below which the library's files and the data are published.
    """
    parts = [_BEGIN]
    if needs.packages:
        parts.append(
            _PACKAGES.format(
                packages=_lines(needs.packages),
                options="".join(f"{json.dumps(word)}, " for word in needs.options),
                modules=_lines(needs.modules, "        "),
            )
        )
    if needs.library:
        digests = {name: _digest(text) for name, text in needs.library.items()}
        parts.append(_LIBRARY.format(files=_lines(digests), where=json.dumps(where)))
    if needs.data:
        parts.append(_DATA.format(files=_lines(needs.data), where=json.dumps(where)))
    return "\n".join(parts).rstrip("\n")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _lines(values: Mapping[str, str], indent: str = "    ") -> str:
    items = ((json.dumps(key), json.dumps(value)) for key, value in values.items())
    return "".join(f"{indent}{key}: {value},\n" for key, value in items)


_BEGIN = """\
# Gets what this notebook needs; where all of it is there already, it does nothing.
"""

_PACKAGES = """\
import importlib.metadata
import subprocess
import sys

packages = {{
{packages}}}


def is_installed(name, version):
    try:
        found = importlib.metadata.version(name.partition("[")[0])
    except importlib.metadata.PackageNotFoundError:
        return False
    # What stands behind a plus, such as +cpu, says how it was built.
    wanted = version.partition(";")[0].partition("+")[0].strip()
    return not wanted.startswith("==") or wanted == f"=={{found.partition('+')[0]}}"


missing = {{name: each for name, each in packages.items() if not is_installed(name, each)}}
if missing:
    wanted = [name + version for name, version in missing.items()]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", {options}*wanted]
    subprocess.run(pip, check=True)
    modules = {{
{modules}    }}
    if any(name in missing and module in sys.modules for module, name in modules.items()):
        print("Now restart the kernel, and run all cells: older versions are still loaded.")
"""

_LIBRARY = """\
import hashlib
import pathlib
import sys
import urllib.request

library = {{
{files}}}


def has_library(folder):
    return all(
        (folder / name).is_file()
        and hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        for name, digest in library.items()
    )


where = {where}
here = pathlib.Path.cwd()
if not any(has_library(pathlib.Path(folder)) for folder in sys.path):
    # It lies above the notebook where the whole folder has been fetched.
    found = next((folder for folder in [here, *here.parents] if has_library(folder)), None)
    for name in [] if found else library:
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        urllib.request.urlretrieve(where + name, here / name)
    sys.path.insert(0, str(found or here))
"""

_DATA = """\
import pathlib
import urllib.request

where = {where}
data = {{
{files}}}
for name, address in data.items():
    if not pathlib.Path(name).exists():
        pathlib.Path(name).parent.mkdir(parents=True, exist_ok=True)
        urllib.request.urlretrieve(where + address, name)
"""
