"""How a rule says that something is wrong."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import attrs

from polybook.source.diagnostic import Severity

_ENV_KEY = "polybook_findings"


@attrs.frozen
class Finding:
    """A diagnostic without its file; ``line`` and ``column`` count from 0."""

    line: int
    code: str
    message: str
    suggestion: str = ""
    column: int = 0
    severity: Severity = "error"


def report(env: MutableMapping[str, Any], finding: Finding) -> None:
    """Add ``finding`` to those of the text that is being parsed."""
    env.setdefault(_ENV_KEY, []).append(finding)


def reported(env: MutableMapping[str, Any]) -> list[Finding]:
    """Return what the rules have found so far."""
    return list(env.get(_ENV_KEY, []))
