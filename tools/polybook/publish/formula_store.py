"""Formulas that an earlier build has typeset, in one file."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

import attrs

from polybook.publish.formula import content_key
from polybook.publish.typesetter import Request, Typeset


@attrs.define
class FormulaStore:
    """What has been typeset, and the whole style sheet.

    Attributes:
        made_with: Digest of the settings and the program; what was made with
            others is no use.
        style: MathJax's style sheet; empty if nothing has been typeset yet.
        formulas: Result by content key.
    """

    made_with: str
    style: str = ""
    formulas: dict[str, Typeset] = attrs.field(factory=dict)

    @classmethod
    def read(cls, file: Path, made_with: str) -> FormulaStore:
        """Read a store; one that is damaged, or made with something else, is empty."""
        empty = cls(made_with)
        try:
            digest, _, content = file.read_bytes().partition(b"\n")
        except OSError:
            return empty
        # A sound file is one that this class has written.
        if digest.decode("ascii", "replace") != hashlib.sha256(content).hexdigest():
            return empty
        found = json.loads(content)
        if found["made_with"] != made_with:
            return empty
        formulas = {key: Typeset(*result) for key, result in found["formulas"].items()}
        return cls(made_with, found["style"], formulas)

    def missing(self, requests: Iterable[Request]) -> list[Request]:
        """Return those of ``requests`` that it lacks, each once."""
        return [each for each in dict.fromkeys(requests) if self.get(each) is None]

    def get(self, request: Request) -> Typeset | None:
        """Return a result, if it is there."""
        return self.formulas.get(content_key(request))

    def put(self, request: Request, result: Typeset) -> None:
        """Add a result."""
        self.formulas[content_key(request)] = result

    def keep(self, requests: Iterable[Request]) -> bool:
        """Forget all but ``requests``; tell whether there was something to forget."""
        keys = {content_key(each) for each in requests}
        kept = {key: result for key, result in self.formulas.items() if key in keys}
        changed = len(kept) < len(self.formulas)
        self.formulas = kept
        return changed

    def write(self, file: Path) -> None:
        """Write it whole, or not at all."""
        content = json.dumps(
            {"made_with": self.made_with, "style": self.style, "formulas": self.formulas},
            sort_keys=True,
        ).encode()
        digest = hashlib.sha256(content).hexdigest().encode()
        file.parent.mkdir(parents=True, exist_ok=True)
        aside = file.with_name(f"{file.name}.{os.getpid()}")
        aside.write_bytes(digest + b"\n" + content)
        aside.replace(file)
