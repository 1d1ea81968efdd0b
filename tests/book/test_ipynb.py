"""Chapters that are Jupyter notebooks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from polybook.book import Book, Page, check, load_book
from polybook.source import BookError

TOC = "format: jb-book\nroot: index\noptions:\n  numbered: true\nchapters:\n  - file: one\n"
PIXEL = "iVBORw0KGgo="

WriteBook = Callable[..., Path]


def notebook(*cells: Any) -> str:
    """Return a notebook's file as Jupyter writes it."""
    return nbformat.writes(new_notebook(cells=list(cells))) + "\n"


@pytest.fixture
def page_of(write_book: WriteBook) -> Callable[..., tuple[Book, Page]]:
    """Write a book whose chapter ``one`` is the notebook; return the book and the page."""

    def load(text: str, index: str = "# Book\n") -> tuple[Book, Page]:
        book = load_book(write_book({"index.md": index}, toc=TOC, files={"one.ipynb": text}))
        page = book.page("one")
        assert page is not None
        return book, page

    return load


def row_of(text: str, part: str) -> int:
    """Return the line, from 1, of a file that holds ``part``."""
    return next(n for n, line in enumerate(text.split("\n"), 1) if part in line)


def test_its_cells_are_the_chapters(page_of: Callable[..., tuple[Book, Page]]) -> None:
    text = notebook(
        new_markdown_cell("# One\n:label:`sec_one`"),
        new_code_cell("import math", metadata={"tags": ["framework-beta", "hide-input"]}),
        new_code_cell("```\nx = 1  #@save"),
        new_code_cell(""),
        new_code_cell("#@tab all\ny", outputs=[new_output("stream", text="y\n")]),
    )
    _, page = page_of(text)
    assert page.chapter.title == "One"
    assert [cell.frameworks for cell in page.chapter.cells] == [
        ("beta",),
        ("alpha",),
        ("alpha", "beta"),
    ]
    assert [cell.tags for cell in page.chapter.cells] == [("hide-input",), (), ()]
    assert page.chapter.cells[1].code == "```\nx = 1  #@save"
    last = page.chapter.cells[-1]
    assert [output["text"] for output in page.outputs[last.line]] == ["y\n"]


def test_its_lines_are_those_of_its_file(page_of: Callable[..., tuple[Book, Page]]) -> None:
    text = notebook(
        new_markdown_cell("# One\n\nSee :numref:`sec_lost`."),
        new_code_cell(
            "a = '''{\"source\": [\n'''\nb", outputs=[new_output("stream", text="1\n2\n")]
        ),
        new_code_cell("c", metadata={"tags": ["framework-gamma"]}),
        new_markdown_cell("Read [this](lost.md)."),
    )
    book, page = page_of(text)
    first, second = page.chapter.cells
    assert first.source("alpha")[1] == tuple(
        row_of(text, part) for part in ('"a = ', "'''\\n", '"b"')
    )
    assert second.code == "c"
    assert {(one.code, one.line) for one in check(book)} == {
        ("undefined-label", row_of(text, "sec_lost")),
        ("unknown-framework", second.line),
        ("dead-link", row_of(text, "lost.md")),
    }


def test_other_pages_refer_to_its_labels(page_of: Callable[..., tuple[Book, Page]]) -> None:
    text = notebook(
        new_markdown_cell("(sec_one)=\n# One"), new_markdown_cell("$$x$$\n:eqlabel:`eq_x`")
    )
    book, _ = page_of(text, "# Book\n\n:numref:`sec_one`, :eqref:`eq_x`\n")
    assert check(book) == []
    assert [book.numbering.labels[name].dotted for name in ("sec_one", "eq_x")] == ["1", "1.1"]


def test_attached_pictures_and_raw_cells(page_of: Callable[..., tuple[Book, Page]]) -> None:
    picture = new_markdown_cell("# One\n\n![A dot](attachment:dot.png)")
    picture["attachments"] = {"dot.png": {"image/png": PIXEL}}
    raw = new_raw_cell("<b>x</b>", metadata={"format": "text/html"})
    book, page = page_of(notebook(picture, raw, new_raw_cell("plain")))
    assert [image.source for image in page.chapter.images] == [f"data:image/png;base64,{PIXEL}"]
    assert [(one.name, one.argument) for one in page.chapter.directives] == [("raw", "html")]
    assert "plain" not in page.chapter.text
    assert check(book) == []


@pytest.mark.parametrize("compact", [True, False])
def test_however_its_file_is_laid_out(
    page_of: Callable[..., tuple[Book, Page]], compact: bool
) -> None:
    cells = (new_markdown_cell("# One\n\nText"), new_code_cell("a\nb"), new_markdown_cell("End"))
    value = json.loads(notebook(*cells))
    if not compact:
        for cell in value["cells"]:
            cell["source"] = "".join(cell["source"])
    _, page = page_of(json.dumps(value, indent=None if compact else 1))
    (cell,) = page.chapter.cells
    assert cell.code == "a\nb"
    assert page.chapter.text.split() == [
        "#",
        "One",
        "Text",
        "```{code-cell}",
        "ipython3",
        "a",
        "b",
        "```",
        "End",
    ]


@pytest.mark.parametrize("text", ["", "{", '{"a": 1}', "[]", "# One"])
def test_what_is_no_notebook(page_of: Callable[..., tuple[Book, Page]], text: str) -> None:
    with pytest.raises(BookError) as caught:
        page_of(text)
    (one,) = caught.value.diagnostics
    assert (one.path, one.code) == ("one.ipynb", "unreadable-file")
