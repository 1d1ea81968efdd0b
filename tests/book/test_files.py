"""Files that directives name, in MyST and in reStructuredText."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from polybook.book import Book, check

MakeBook = Callable[..., Book]
FILES = {"part/a.txt": "a\n", "a.txt": "a\n", "more.bib": ""}


def found(make_book: MakeBook, text: str) -> list[tuple[int, int, str, str]]:
    pages = {"index.md": "# Book\n", "part/one.md": f"# One\n\n{text}\n"}
    book = make_book(pages, files=FILES)
    return [(one.line, one.column, one.code, one.message) for one in check(book)]


@pytest.mark.parametrize(
    ("text", "line", "column", "name"),
    [
        ("```eval_rst\n\n.. raw:: html\n   :file: b.html\n```", 5, 1, "b.html"),
        ("```{eval-rst}\n.. include:: b.txt\n```", 4, 1, "b.txt"),
        ("```eval_rst\n.. only:: html\n\n   .. literalinclude:: ../b.py\n```", 6, 4, "../b.py"),
        (
            "```eval_rst\n.. csv-table:: T\n   :header: x\n   :file: /part/b.csv\n```",
            4,
            1,
            "/part/b.csv",
        ),
        ("```eval_rst\n.. raw:: html\n   :file: /part/a.txt\n```", 4, 1, "/part/a.txt"),
        (":begin_tab:`alpha`\n```eval_rst\n.. include:: b.txt\n```\n:end_tab:", 5, 1, "b.txt"),
        ("```{raw} html\n:file: b.html\n```", 3, 4, "b.html"),
        ("````{note}\n```{include} b.txt\n```\n````", 4, 4, "b.txt"),
        ("```{literalinclude} /b.txt\n```", 3, 4, "/b.txt"),
    ],
)
def test_a_file_that_is_not_there(
    make_book: MakeBook, text: str, line: int, column: int, name: str
) -> None:
    ((*place, code, message),) = found(make_book, text)
    assert (*place, code) == (line, column, "missing-file")
    assert message.startswith(f"there is no file {name}, which ")


@pytest.mark.parametrize(
    "syntax", ["```eval_rst\n.. bibliography:: {}\n```", "```{{bibliography}} {}\n```"]
)
def test_a_list_of_works_from_a_file_that_the_book_does_not_have(
    make_book: MakeBook, syntax: str
) -> None:
    ((*_, code, message),) = found(make_book, syntax.format("../works.bib ../more.bib"))
    assert (code, message) == ("missing-file", "../more.bib is no BibTeX file of the book")
    assert found(make_book, syntax.format("/works.bib")) == []
    assert found(make_book, syntax.format("")) == []


@pytest.mark.parametrize(
    "text",
    [
        "```eval_rst\n.. raw:: html\n   :file: a.txt\n\n.. include:: ../a.txt\n```",
        "```eval_rst\n.. literalinclude:: /part/a.txt\n.. include:: <isonum.txt>\n```",
        "```eval_rst\n.. raw:: html\n\n   .. include:: b.txt\n```",
        "```eval_rst\n.. code-block:: rst\n\n   .. include:: b.txt\n```",
        "```eval_rst\n.. A comment\n   .. include:: b.txt\n```",
        "```eval_rst\nIt is written::\n\n    .. include:: b.txt\n```",
        "```rst\n.. include:: b.txt\n```",
        "```eval_rst\nTitle\n=====\n\n====\nCell\n====\nlonger\n====\n\nTexts\n---\n```",
        "````\n```{include} b.txt\n```\n````",
    ],
)
def test_no_false_alarm(make_book: MakeBook, text: str) -> None:
    assert found(make_book, text) == []


def test_after_what_is_shown_as_it_is_reading_goes_on(make_book: MakeBook) -> None:
    text = "```eval_rst\n.. raw:: html\n\n   <b>\n\n.. |x| image:: b.svg\n   :alt: b\n```"
    ((line, _, code, _),) = found(make_book, text)
    assert (line, code) == (8, "missing-image")
