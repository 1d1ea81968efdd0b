"""References to boxes and pictures that authors name lead to them in a PDF."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from latex.printed import build
from pypdf import PdfReader
from resources import Polybook, require

KINDS = {
    "note": "```{note}\n:name: a-note\nIt is here.\n```",
    "titled box": "```{admonition} Box\n:name: a-box\nIt is here.\n```",
    "picture": "```{image} dot.svg\n:name: a-picture\n:alt: A dot.\n```\n\nIt is here.",
    "sidebar": "```{sidebar} Side\n:name: a-sidebar\nIt is here.\n```",
    "topic": "```{topic} Top\n:name: a-topic\nIt is here.\n```",
}
DOT = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="4" cx="4" cy="4"/>'
    "</svg>\n"
)


def test_references_lead_to_what_has_a_name(
    polybook: Polybook, write_book: Callable[..., Path]
) -> None:
    require(shutil.which("xelatex") and shutil.which("rsvg-convert"), "XeLaTeX and rsvg-convert")
    names = [block.split(":name: ")[1].split()[0] for block in KINDS.values()]
    references = " ".join(f"{{ref}}`see <{name}>`" for name in names)
    pages = {"index.md": f"# Book\n\n{references}\n"}
    toc = "format: jb-book\nroot: index\nchapters:\n"
    for at, block in enumerate(KINDS.values()):
        # Each on a page of its own, which the reference must lead to.
        pages[f"p{at}.md"] = f"# Page\n\n{block}\n"
        toc += f"  - file: p{at}\n"
    folder = write_book(pages, toc=toc, files={"dot.svg": DOT})
    reader = PdfReader(build(polybook, folder))
    links = [
        each.get_object()["/A"]["/D"]
        for page in reader.pages
        for each in page.get("/Annots", ())
        if "see" in page.extract_text()
    ]
    shown = [reader.get_destination_page_number(reader.named_destinations[name]) for name in links]
    assert len(set(shown)) == len(KINDS)
    assert all("It is here." in reader.pages[at].extract_text() for at in shown)
