"""What an author is told beside plain mistakes: each code once where it is due, and where not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from polybook.book import Book, check
from polybook.source import Diagnostic

MakeBook = Callable[..., Book]
BOOK = "# Book\n:label:`sec_book`\n"
CAT = {"img/cat.svg": "<svg/>"}


def cell(pragma: str, code: str = "1") -> str:
    return f"```{{.python .input}}\n#@tab {pragma}\n{code}\n```\n"


def tab(names: str, text: str = "Text") -> str:
    return f":begin_tab:`{names}`\n{text}\n:end_tab:\n"


def place(finding: Diagnostic) -> tuple[str, int, int, str, str]:
    return (finding.path, finding.line, finding.column, finding.severity, finding.code)


def of_page(book: Book, path: str = "one.md") -> list[Diagnostic]:
    return [finding for finding in check(book) if finding.path == path]


@pytest.mark.parametrize(
    ("text", "where", "suggestion"),
    [
        (
            "# One\n\nText ![](img/cat.svg)\n",
            (3, 6, "warning", "missing-alt-text"),
            "say between the brackets what it shows",
        ),
        (
            "# One\n\n```{image} img/cat.svg\n:width: 3em\n```\n",
            (3, 4, "warning", "missing-alt-text"),
            "say what it shows in an option :alt:",
        ),
        (
            "# One\n\n![A cat](https://example.org/cat.svg)\n",
            (3, 1, "warning", "remote-image"),
            "put the file into the book's folder",
        ),
        (
            "# One\n\n:::{note}\n\n```{figure} img/dog.svg\n:alt: A dog\n\nA dog\n```\n:::\n",
            (5, 4, "error", "missing-image"),
            "paths are relative to the chapter's folder",
        ),
        (
            "# One\n\n```eval_rst\n\n.. image:: img/dog.svg\n   :alt: A dog\n```\n",
            (5, 1, "error", "missing-image"),
            "paths are relative to the chapter's folder",
        ),
        (
            "# One\n\n```eval_rst\n.. only:: html\n\n  .. figure:: img/cat.svg\n```\n",
            (6, 3, "warning", "missing-alt-text"),
            "say what it shows in an option :alt:",
        ),
        (
            "# One\n\n```eval_rst\n.. only:: html\n\n   参考文献 x\n   =========\n```\n",
            (7, 1, "error", "short-underline"),
            "make it 10 characters long; wide ones in the title count twice",
        ),
        (
            "# One\n\nRead [this](indx.md).\n",
            (3, 6, "error", "dead-link"),
            "did you mean 'index.md'?",
        ),
        (
            "# One\n\nRead\n[this](notes.md#x).\n",
            (4, 1, "error", "dead-link"),
            "name it in _toc.yml, or link to another place",
        ),
        (
            "# One\n\n## A place\n\nSee [there](#a-plcae).\n",
            (5, 5, "error", "dead-link"),
            "did you mean 'a-place'?",
        ),
        (
            "---\ntitle: x\ntimes: 3 min\n---\n# One\n",
            (3, 1, "warning", "unknown-setting"),
            "did you mean 'time'?",
        ),
        (
            "---\nFramework: [alpha]\n---\n# One\n",
            (2, 1, "warning", "unknown-setting"),
            "did you mean 'frameworks'?",
        ),
        (
            "# One\n\n" + cell("alpha") + "\n" + cell("alpha") + "\nText\n\n" + cell("beta"),
            (3, 1, "warning", "missing-tab"),
            "write it, or say in a tab block why there is none",
        ),
    ],
)
def test_each_finding(
    make_book: MakeBook, text: str, where: tuple[int, int, str, str], suggestion: str
) -> None:
    found = of_page(make_book({"index.md": BOOK, "one.md": text}, files={**CAT, "notes.md": ""}))
    assert place(found[0])[1:] == where
    assert found[0].suggestion == suggestion
    assert len(found) == 1 + (found[0].code == "missing-tab")


@pytest.mark.parametrize(
    "text",
    [
        "![A cat][cat]\n\n[cat]: img/cat.svg\n",
        "```{figure} img/cat.svg\n:alt:\n\nAn ornament\n```\n",
        "```{image} img/cat.*\n:alt: A cat\n```\n",
        "[a](index.md) [b](index) [c](index.html) [d](search.html) [e](img/cat.svg)\n",
        "[a](/index.md#x) [b](https://x.org/y.md) [c](mailto:a@x.org) <https://x.org>\n",
        "[a](sec_book)\n",
        "[a](notebook.html) [b](notebook) [c](notebook.ipynb)\n",
        "[a](#one) [b](#ONE) [c](#here) [d](#sec_book) [e](#a-b) [f](#a--b)\n\n"
        '<a id="here"></a>\n\n## A & B\n',
        "`[a](no.md)`\n\n```\n[a](no.md) ![](no.svg)\n```\n\n$$[a](b)$$\n",
        "www.example.md and [x]: y\n",
    ],
)
def test_no_false_alarm(make_book: MakeBook, text: str) -> None:
    pages = {"index.md": BOOK, "one.md": f"# One\n\n{text}"}
    assert of_page(make_book(pages, files={**CAT, "notebook.ipynb": "{}"})) == []


@pytest.mark.parametrize(
    "key", ["title", "theme", "date", "name", "kernelspec", "tags", "tocdepth"]
)
def test_other_settings_are_not_ours(make_book: MakeBook, key: str) -> None:
    pages = {"index.md": BOOK, "one.md": f"---\n{key}: x\n---\n# One\n"}
    assert of_page(make_book(pages)) == []


THREE = "polybook:\n  frameworks: {alpha: {}, beta: {}, gamma: {}}\n"
ALL = cell("alpha") + "\n" + cell("beta") + "\n" + cell("gamma") + "\nText\n\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            cell("alpha, beta"),
            "there is no code for gamma here; alpha and beta have it",
        ),
        (
            tab("alpha", "A") + "\n" + tab("beta", "B"),
            "there is no text for gamma here; alpha and beta have it",
        ),
        # It has been thought of.
        (cell("alpha, beta") + "\n" + tab("gamma"), None),
        # The code is about one of them.
        (cell("alpha"), None),
        (tab("alpha"), None),
        # Neighbours may come in any order, blank lines between.
        (cell("gamma") + "\n\n\n" + tab("alpha") + "\n" + cell("alpha") + cell("beta"), None),
        # What all share stands by itself.
        (cell("all"), None),
    ],
)
def test_which_frameworks_lack_something(
    make_book: MakeBook, text: str, message: str | None
) -> None:
    pages = {"index.md": BOOK, "one.md": f"# One\n\n{ALL}{text}"}
    found = of_page(make_book(pages, config=THREE))
    assert [finding.message for finding in found] == ([message] if message else [])


def test_a_page_for_one_framework_lacks_nothing(make_book: MakeBook) -> None:
    text = "---\nframeworks: [alpha]\n---\n# One\n\n" + cell("alpha")
    assert of_page(make_book({"index.md": BOOK, "one.md": text})) == []


def test_two_works_with_one_key(make_book: MakeBook) -> None:
    works = "@article{A,\n title = {A}\n}\n@comment{A,\n}\n @book { a , title = {B}}\n"
    book = make_book({"index.md": "# Book\n\n:cite:`A`\n"}, works=works)
    (found,) = check(book)
    assert place(found) == ("works.bib", 6, 10, "warning", "duplicate-key")
    assert "works.bib:1" in found.message


def test_a_section_and_a_page_with_one_number(make_book: MakeBook) -> None:
    toc = (
        "format: jb-book\nroot: index\noptions:\n  numbered: true\nchapters:\n"
        "  - file: part\n    sections:\n      - file: one\n      - file: two\n"
    )
    pages = {
        "index.md": BOOK,
        "part.md": "# Part\n\n## First\n\n### Deep\n\n## Second\n\n## Third\n",
        "one.md": "# One\n\n## First\n",
        "two.md": "# Two\n",
    }
    first, second = check(make_book(pages, toc=toc))
    assert place(first) == ("part.md", 3, 1, "warning", "ambiguous-number")
    assert first.message == "the section 'First' and the page one.md both have the number 1.1"
    assert second.line == 7
    assert first.suggestion.startswith("make the section a page")
