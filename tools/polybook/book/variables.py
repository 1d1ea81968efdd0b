"""Environment variables that a framework's kernels get: ``variables:`` of the framework.

::

    variables: {TF_CPP_MIN_LOG_LEVEL: "1"}

They are for libraries that read their settings there, before they are imported.
"""

from __future__ import annotations

import re

from polybook.book.yaml_file import YamlFile

Variables = tuple[tuple[str, str], ...]
"""Names and values, sorted by name."""

OUTSIDE = ("PYTHON", "IPYTHON", "JUPYTER", "MPLBACKEND", "POLYBOOK_", "DASK_")
"""Beginnings of variables by which a person's own settings could change outputs.

Where outputs are shared, the key that signs them, and the cluster that runs notebooks are none of
a cell's business either.
"""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# They say where a kernel finds its programs, and what time it is.
_SET = ("PATH", "SOURCE_DATE_EPOCH")


def read_variables(file: YamlFile, *where: str) -> Variables:
    """Return the variables that stand under ``where``, none if it is left out.

    Raises:
        BookError: A name is none or polybook's own, or a value is no text.
    """
    given = file.mapping(*where)
    for name, value in given.items():
        line = file.line(*where, str(name))
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            message = f"'{name}' cannot name an environment variable"
            raise file.error("invalid-config", message, "use letters, digits and _", line)
        if name in _SET or name.startswith(OUTSIDE):
            message = f"the variable {name} is set by polybook, so that outputs stay the same"
            raise file.error("invalid-config", message, "leave it out", line)
        if not isinstance(value, str):
            message = f"the value of {name} is no text: {value}"
            raise file.error("invalid-config", message, f"write it in quotes: '{value}'", line)
    return tuple(sorted(given.items()))
