"""The page that explains the diagnostics, against the source that reports them."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path

from diagnostic_codes import PACKAGE, codes
from resources import Polybook

PAGE = PACKAGE / "DIAGNOSTICS.md"


def documented() -> list[str]:
    """Return the codes in the headings of the page, in order."""
    text = PAGE.read_text(encoding="utf-8")
    headings = re.findall(r"^### ([a-z0-9, -]+?)(?: \(.*\))?$", text, re.MULTILINE)
    return [code for heading in headings for code in heading.split(", ")]


def test_each_code_is_explained_once() -> None:
    explained = documented()
    assert len(explained) == len(set(explained))
    missing = {code for code in codes() if not any(fnmatch(one, code) for one in explained)}
    assert not missing, "tools/polybook/DIAGNOSTICS.md says nothing of them"


def test_each_explained_code_exists() -> None:
    known = codes()
    stale = {one for one in documented() if not any(fnmatch(one, code) for code in known)}
    assert not stale, "no line of polybook reports them"


def test_each_heading_says_how_severe_it_is() -> None:
    headings = re.findall(r"^### .*$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert not [one for one in headings if not re.search(r"\((error|warning)\b.*\)$", one)]


def test_the_help_names_the_page(polybook: Polybook) -> None:
    assert PAGE.name in polybook("check", "--help").stdout


def test_what_is_ignored_stops_no_command(polybook: Polybook, tiny_book: Path) -> None:
    page = tiny_book / "guide/numbers.md"
    lost = "\n```{.python .input}\n#@tab alpha\nf = lost.name  #@save\n```\n"
    page.write_text(page.read_text(encoding="utf-8") + lost, encoding="utf-8")
    refused = polybook("library", "--book", tiny_book)
    assert refused.returncode == 1
    assert "[unresolved-library-name]" in refused.stderr
    ignored = page.read_text(encoding="utf-8").replace(
        "lost.name  #@save", "lost.name  #@save  # polybook: ignore unresolved-library-name"
    )
    page.write_text(ignored, encoding="utf-8")
    assert polybook("library", "--book", tiny_book).returncode == 0
    assert polybook("check", "--book", tiny_book).stdout == "0 errors, 0 warnings\n"
