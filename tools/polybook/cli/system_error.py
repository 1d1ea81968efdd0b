"""What the operating system refuses, as a finding: no room, no permission, no device."""

from __future__ import annotations

import errno
from pathlib import Path

from polybook.cli.printing import shown
from polybook.source import Diagnostic

# Any other error of the system would be a defect of ours, and keeps its traceback.
_REFUSALS = {
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room on the disk",
    errno.EACCES: "check who may read and write it",
    errno.EPERM: "check who may read and write it",
    errno.EROFS: "work on a copy that can be written",
    errno.EIO: "check the disk",
}


def refused_by_system(error: OSError) -> Diagnostic | None:
    """Return what is said of ``error`` if the machine, and not polybook, is to blame."""
    if error.errno not in _REFUSALS:
        return None
    return Diagnostic(
        path=shown(Path(error.filename)) if isinstance(error.filename, str) else ".",
        line=1,
        column=1,
        code="refused-by-system",
        message=f"the system refuses: {error.strerror}",
        suggestion=_REFUSALS[error.errno],
    )
