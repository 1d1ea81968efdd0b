"""What is taken out of a finished PDF by hand is missed, with its name."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.generic import NameObject, StreamObject, TextStringObject
from resources import Polybook, require

from polybook.publish.build import PublishError
from polybook.publish.latex.inventory import Inventory, check_pdf

CHAPTER = """\
# First
:label:`sec_first`

See {reference}, and `a ?? b`.

![A dot.](dot.svg)
:label:`fig_dot`

$$x = 1$$
:eqlabel:`eq_one`

:Values

| a | b |
|---|---|
| 1 | 2 |
:label:`tab_values`

```{{code-block}} python
:caption: Code
:name: lst_code
print("what??")
```

## Inner
"""
DOT = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="4" cx="4" cy="4"/>'
    "</svg>\n"
)
INVENTORY = Inventory(
    {
        "first/": ("page", "first.md"),
        "first/fig-dot": ("figure 'fig-dot'", "first.md"),
        "first/equation-eq-one": ("equation 'equation-eq-one'", "first.md"),
        "first/id1": ("table 'id1'", "first.md"),
        "first/lst-code": ("listing 'lst-code'", "first.md"),
    },
    ("1", "1.1"),
    1,
)


def build(folder: Path, polybook: Polybook, reference: str) -> tuple[Path, str]:
    """Build a book whose chapter refers to something; return its PDF and what the command said."""
    require(shutil.which("xelatex") and shutil.which("rsvg-convert"), "XeLaTeX and rsvg-convert")
    toc = "format: jb-book\nroot: index\noptions: {numbered: true}\nchapters:\n  - file: first\n"
    config = "title: Small\npolybook: {frameworks: {alpha: {}}}\n"
    files = {"index.md": "# Book\n", "first.md": CHAPTER.format(reference=reference)}
    for name, text in (files | {"_toc.yml": toc, "_config.yml": config, "dot.svg": DOT}).items():
        (folder / name).write_text(text, encoding="utf-8")
    done = polybook("build", "pdf", "--no-execute", "--book", folder)
    return folder / "_build/pdf/small-alpha.pdf", done.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, polybook: Polybook) -> Path:
    """Return a PDF that lacks nothing; neither is ``??`` in code an open reference."""
    file, said = build(tmp_path_factory.mktemp("whole"), polybook, ":numref:`fig_dot`")
    assert file.is_file(), said
    check_pdf(file, "", INVENTORY)
    return file


def forget_place(name: str) -> Callable[[PdfWriter], None]:
    """Return what takes a named place away."""

    def visit(tree) -> None:
        for child in tree.get("/Kids", ()):
            visit(child.get_object())
        entries = tree.get("/Names", [])
        for at in range(0, len(entries), 2):
            if str(entries[at]) == name:
                entries[at] = TextStringObject("taken-out")

    return lambda writer: visit(writer.root_object["/Names"]["/Dests"])


def forget_entry(title: str) -> Callable[[PdfWriter], None]:
    """Return what takes an entry of the outline away."""

    def visit(entry) -> None:
        while entry is not None:
            entry = entry.get_object()
            if str(entry.get("/Title", "")) == title:
                entry[NameObject("/Title")] = TextStringObject("taken out")
            if "/First" in entry:
                visit(entry["/First"])
            entry = entry.get("/Next")

    return lambda writer: visit(writer.root_object["/Outlines"])


def forget_drawing(writer: PdfWriter) -> None:
    """Take the drawing away, which the page goes on to paint."""
    for page in writer.pages:
        page["/Resources"].pop("/XObject", None)


def stop_painting(writer: PdfWriter) -> None:
    """Take away the word that paints the drawing, which stays in the file."""
    for page in writer.pages:
        if "/XObject" in page["/Resources"]:
            content = StreamObject()
            content.set_data(re.sub(rb"/\S+ Do\b", b"", page.get_contents().get_data()))
            page[NameObject("/Contents")] = writer._add_object(content)


@pytest.mark.parametrize(
    ("take", "told"),
    [
        (forget_place("first/"), "first.md:1:1: error: the PDF lacks the page"),
        (forget_place("first/fig-dot"), "the PDF lacks the figure 'fig-dot'"),
        (forget_place("first/equation-eq-one"), "the PDF lacks the equation 'equation-eq-one'"),
        (forget_place("first/id1"), "the PDF lacks the table 'id1'"),
        (forget_place("first/lst-code"), "the PDF lacks the listing 'lst-code'"),
        (forget_entry("1 First"), "the PDF's outline lacks the entry 1 "),
        (forget_entry("1.1 Inner"), "the PDF's outline lacks the entry 1.1 "),
        (forget_drawing, "the PDF shows 0 pictures of 1"),
        (stop_painting, "the PDF shows 0 pictures of 1"),
    ],
)
def test_what_is_taken_out_is_missed(made: Path, tmp_path: Path, take, told: str) -> None:
    writer = PdfWriter(clone_from=made)
    take(writer)
    damaged = tmp_path / "damaged.pdf"
    writer.write(damaged)
    with pytest.raises(PublishError, match=re.escape(told)):
        check_pdf(damaged, "", INVENTORY)


OPEN = """this.

```{raw} latex
Fig. \\ref{nowhere}
```

More"""


def test_a_reference_without_a_number_is_told(tmp_path: Path, polybook: Polybook) -> None:
    file, said = build(tmp_path, polybook, OPEN)
    assert "sheet 7 of the PDF has a reference without a number: '??'" in said
    assert "Traceback" not in said and not file.exists()


def test_question_marks_of_the_author_are_no_open_references(
    tmp_path: Path, polybook: Polybook
) -> None:
    file, said = build(tmp_path, polybook, "what??")
    assert file.exists() and "error" not in said
