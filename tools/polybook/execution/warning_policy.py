"""What happens to Python's warnings while a notebook runs.

A policy takes effect where Python shows a warning, behind all filters: what libraries do not show
anyway is not concerned, and ``warnings.catch_warnings(record=True)`` in a cell works as ever. A
kernel runs it before its first cell, however it was started, so forked kernels do as new ones.
"""

from __future__ import annotations

from polybook.book.needs import WarningPolicy

# In a namespace of its own: the notebook finds no name that it has not made.
_SHOWN = {
    "drop": "def showwarning(*what, **more):\n    pass",
    "error": "def showwarning(message, *what, **more):\n    raise message",
}


def kernel_arguments(policy: WarningPolicy) -> list[str]:
    """Return the arguments with which ipykernel follows ``policy``; none to keep warnings."""
    if policy == "keep":
        return []
    program = f"import warnings\n{_SHOWN[policy]}\nwarnings.showwarning = showwarning"
    return [f"--IPKernelApp.exec_lines=exec({program!r}, {{}})"]
