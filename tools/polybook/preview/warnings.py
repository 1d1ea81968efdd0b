"""What Sphinx says while it reads and writes a page, kept with the page."""

from __future__ import annotations

import logging
import re

from sphinx.environment import BuildEnvironment
from sphinx.util.logging import NAMESPACE, get_node_location

from polybook.source import Diagnostic

# These are findings of the chapter, which the preview shows as such.
_OWN = f"{NAMESPACE}.polybook.publish.parser"
_LOCATION = re.compile(r"(?P<file>.*?)(?::(?P<line>\d+))?(?::.*)?$")


class PageWarnings(logging.Handler):
    """Takes the warnings of one page after the other.

    Args:
        env: Names the pages.
        path_of: Chapter's file of each page.
    """

    def __init__(self, env: BuildEnvironment) -> None:
        super().__init__(logging.WARNING)
        self._env = env
        self._page = ""
        self._kept: dict[tuple[str, str], list[Diagnostic]] = {}
        self.attach()

    def attach(self) -> None:
        """Listen, also after another application has taken the listeners away."""
        logging.getLogger(NAMESPACE).addHandler(self)

    def begin(self, docname: str, phase: str) -> None:
        """Forget what was said of a page in this phase; what comes is of it and no other."""
        self._page, self._phase = docname, phase
        self._kept[docname, phase] = []

    def end(self) -> None:
        """Take no more of what is said for that of a page."""
        self._page = ""

    def of(self, docname: str) -> list[Diagnostic]:
        """Return what was said of a page when it was last read and written."""
        found = [*self._kept.get((docname, "read"), ()), *self._kept.get((docname, "write"), ())]
        return list(dict.fromkeys(found))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a warning."""
        if not self._page or record.name == _OWN:
            return
        path = self._env.doc2path(self._page, base=False)
        kind = ".".join(
            str(each)
            for each in (getattr(record, "type", ""), getattr(record, "subtype", ""))
            if each
        )
        severity = "error" if record.levelno >= logging.ERROR else "warning"
        text = record.getMessage() + (f" [{kind}]" if kind else "")
        finding = Diagnostic(
            str(path), self._line(record), 1, "sphinx-warning", text, severity=severity
        )
        self._kept[self._page, self._phase].append(finding)

    def _line(self, record: logging.LogRecord) -> int:
        """Return the line that a warning names, 1 if it names none."""
        location = getattr(record, "location", None)
        if isinstance(location, tuple):
            return int(location[1] or 1)
        if location is not None and not isinstance(location, str):
            location = get_node_location(location)
        found = _LOCATION.match(location or "")
        return int(found["line"] or 1) if found else 1

    def close(self) -> None:
        """Hear no more."""
        logging.getLogger(NAMESPACE).removeHandler(self)
        super().close()
