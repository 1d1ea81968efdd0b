"""What is wrong in a book, with the author's line and a way to mend it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from polybook.book import Book, check
from polybook.source import Diagnostic

MakeBook = Callable[..., Book]


def findings(book: Book) -> list[tuple[str, int, int, str]]:
    return [(one.path, one.line, one.column, one.code) for one in check(book)]


def only(book: Book) -> Diagnostic:
    (diagnostic,) = check(book)
    assert diagnostic.severity == "error"
    return diagnostic


SOUND = """\
# One
:label:`sec_one`

See :numref:`sec_one`, :ref:`sec_book`, :numref:`fig_cat`, :eqref:`eq_x` and :cite:`Alpha.2001`,
or :ref:`search`, in {eq}`eq_x` and {cite:t}`Alpha.2001`.

![A cat](img/cat.svg)
:label:`fig_cat`

![a picture inside](data:image/gif;base64,R0lGODlhAQABAAAAACw=) ![in the book](/img/cat.svg)

$$x$$
:eqlabel:`eq_x`
"""
BOOK = "# Book\n:label:`sec_book`\n"
CAT = {"img/cat.svg": "<svg/>"}


def test_a_sound_book_has_no_findings(make_book: MakeBook) -> None:
    assert check(make_book({"index.md": BOOK, "one.md": SOUND}, files=CAT)) == []


@pytest.mark.parametrize(
    ("text", "line", "column", "code", "suggestion"),
    [
        (
            "# One\n:label:`sec_one`\n\nSee\n:numref:`sec_on` and so on.\n",
            *(5, 1, "undefined-label", "did you mean 'sec_one'?"),
        ),
        (
            "# One\n\nSee {ref}`nowhere`.\n",
            *(3, 5, "undefined-label", "known are sec_book"),
        ),
        (
            "# One\n\n$$x$$\n:eqlabel:`eq_X`\n\n:eqref:`eq_x`\n",
            *(6, 1, "undefined-label", "did you mean 'eq_X'?"),
        ),
        (
            "# One\n\nAs :cite:`Alpha.2002` says.\n",
            *(3, 4, "undefined-citation", "did you mean 'Alpha.2001'?"),
        ),
        (
            "# One\n\n:cite:`Alpha.2001,Zzz`\n",
            *(3, 1, "undefined-citation", "the keys are Alpha.2001"),
        ),
        (
            "# One\n:label:`sec_one`\n\n:eqref:`sec_one`\n",
            *(4, 1, "wrong-reference", "write :numref:`sec_one`"),
        ),
        (
            "# One\n\n$$x$$\n:eqlabel:`eq_x`\n\nSee :numref:`eq_x`\n",
            *(6, 5, "wrong-reference", "write :eqref:`eq_x`"),
        ),
        (
            "# One\n\n:numref:`sec_book`\n",
            *(3, 1, "unnumbered-target", "write :ref:`sec_book`"),
        ),
        (
            "# One\n\n| a |\n|---|\n:label:`tab_a`\n\n:numref:`tab_a`\n",
            *(7, 1, "unnumbered-target", "give it a caption"),
        ),
        (
            "# One\n\n![A dog](img/dog.svg)\n",
            *(3, 1, "missing-image", "paths are relative to the chapter's folder"),
        ),
        (
            "# One\n:label:`sec_book`\n",
            *(2, 1, "duplicate-label"),
            "labels are unique in the whole book, in whatever case they are written",
        ),
        (
            "---\ntitle: x\nframeworks: [alpha, bta]\n---\n# One\n",
            *(3, 1, "unknown-framework", "did you mean 'beta'?"),
        ),
        (
            "# One\n:begin_tab:`alpha`\nText\n",
            *(2, 1, "unclosed-tab-block", "end the block with a line :end_tab:"),
        ),
        (
            "```{.python .input}\n#@tab gamma\nx\n```\n",
            *(2, 1, "unknown-framework", "its frameworks are alpha, beta"),
        ),
    ],
)
def test_each_mistake_in_a_chapter(
    make_book: MakeBook, text: str, line: int, column: int, code: str, suggestion: str
) -> None:
    found = only(make_book({"index.md": BOOK, "one.md": text}))
    assert (found.path, found.line, found.column) == ("one.md", line, column)
    assert (found.code, found.suggestion) == (code, suggestion)


def test_a_duplicate_says_where_the_first_stands(make_book: MakeBook) -> None:
    found = only(make_book({"index.md": BOOK, "one.md": "# One\n:label:`SEC_book`\n"}))
    assert "index.md:2" in found.message


def test_references_ignore_the_case_of_labels(make_book: MakeBook) -> None:
    text = "# One\n:label:`sec_One`\n\n:numref:`SEC_one`\n"
    assert check(make_book({"index.md": BOOK, "one.md": text})) == []


def test_a_label_may_stand_on_a_later_page(make_book: MakeBook) -> None:
    pages = {"index.md": "# Book\n\n:numref:`sec_one`\n", "one.md": "# One\n:label:`sec_one`\n"}
    assert check(make_book(pages)) == []


def test_images_are_looked_for_beside_the_chapter(make_book: MakeBook) -> None:
    pages = {"index.md": BOOK, "deep/one.md": "# One\n\n![A](../img/cat.svg) ![B](img/cat.svg)\n"}
    found = only(make_book(pages, files=CAT))
    assert (found.path, found.line, found.code) == ("deep/one.md", 3, "missing-image")
    assert "img/cat.svg" in found.message


def test_a_missing_environment_is_reported_where_it_is_named(make_book: MakeBook) -> None:
    config = "polybook:\n  frameworks:\n    alpha:\n      environment: env/alpha.txt\n"
    found = only(make_book({"index.md": BOOK}, config=config))
    assert (found.path, found.line, found.code) == ("_config.yml", 4, "missing-file")
    assert "env/alpha.txt" in found.message
    assert check(make_book({"index.md": BOOK}, config=config, files={"env/alpha.txt": ""})) == []


def test_a_broken_bibliography_is_one_finding_and_not_one_for_each_citation(
    make_book: MakeBook,
) -> None:
    pages = {"index.md": "# Book\n\n:cite:`Alpha.2001` :cite:`Beta.2002`\n"}
    assert findings(make_book(pages, works=None)) == [("_config.yml", 10, 1, "missing-file")]
    assert findings(make_book(pages, works="@article{A,\n= }\n")) == [
        ("works.bib", 2, 1, "invalid-bibtex")
    ]


def test_findings_stand_in_the_order_of_the_book(make_book: MakeBook) -> None:
    pages = {
        "index.md": "# Book\n\n![x](x.svg)\n\n:ref:`b`\n\ntext\n:label:`sec_x`\n",
        "two.md": "# Two\n\n:ref:`d`\n",
        "one.md": "# One\n\n:ref:`c`\n",
    }
    assert findings(make_book(pages)) == [
        ("index.md", 3, 1, "missing-image"),
        ("index.md", 5, 1, "undefined-label"),
        ("index.md", 8, 1, "dangling-label"),
        ("two.md", 3, 1, "undefined-label"),
        ("one.md", 3, 1, "undefined-label"),
    ]
