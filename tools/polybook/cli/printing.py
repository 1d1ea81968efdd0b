"""Findings, failures and values as text on the screen."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from polybook.source import Diagnostic

if TYPE_CHECKING:
    from polybook.execution.failure import Failure


def print_failure(failure: Failure) -> None:
    """Print where a notebook failed and what Python said."""
    if failure.traceback:
        print(f"\n{failure.page}:{failure.line} ({failure.framework})", file=sys.stderr)
        print(failure.traceback.rstrip() + "\n", file=sys.stderr)


def github(finding: Diagnostic) -> str:
    """Return ``finding`` as a workflow command that GitHub shows beside the line."""

    def escaped(text: str) -> str:
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")

    def property_value(text: str) -> str:
        return escaped(text).replace(":", "%3A").replace(",", "%2C")

    message = finding.message + (f"\n{finding.suggestion}" if finding.suggestion else "")
    place = f"file={property_value(finding.path)},line={finding.line},col={finding.column}"
    return f"::{finding.severity} {place},title={property_value(finding.code)}::{escaped(message)}"


def counted(found: Sequence[Diagnostic]) -> str:
    """Return how many errors and warnings there are."""
    errors = sum(finding.severity == "error" for finding in found)
    warnings = len(found) - errors
    return f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}"


def print_json(value: Any) -> None:
    """Print ``value`` for another program."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def shown(path: Path) -> str:
    """Return ``path`` as short as it can be typed from here."""
    try:
        return os.path.relpath(path)
    except ValueError:
        return str(path)
