"""Finished PDFs, as tests read them."""

from __future__ import annotations

from pathlib import Path

from pypdf import PdfReader
from resources import Polybook


def build(polybook: Polybook, book: Path, framework: str = "alpha") -> Path:
    """Build the PDF of the small book for a framework and return it."""
    done = polybook("build", "pdf", "--no-execute", "--framework", framework, "--book", book)
    assert done.returncode == 0, done.stderr
    return book / f"_build/pdf/small-{framework}.pdf"


def text_of(file: Path) -> str:
    """Return what a PDF says, page after page."""
    return "\n".join(page.extract_text() for page in PdfReader(file).pages)
