"""Comments that hide findings."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from polybook.book import Book
from polybook.findings import findings
from polybook.library import libraries

MakeBook = Callable[..., Book]
BOOK = "# Book\n"
CONFIG = """\
title: Small
polybook:
  ignore: [{codes}]
  frameworks:
    alpha:
      library: lib.alpha
    beta: {{}}
"""


def found(book: Book) -> list[tuple[str, int, str]]:
    return [(one.path, one.line, one.code) for one in findings(book, libraries(book))]


def write(make_book: MakeBook, text: str, codes: str = "") -> list[tuple[str, int, str]]:
    return found(make_book({"index.md": BOOK, "one.md": text}, config=CONFIG.format(codes=codes)))


LOST = "undefined-label"


@pytest.mark.parametrize(
    "text",
    [
        f"# One\n\n<!-- polybook: ignore {LOST} -->\n:ref:`x` and :ref:`y`\n",
        "# One\n\n<!-- polybook: ignore -->\n\n\nSee :ref:`x`\n",
        f"# One\n\n<!--polybook:ignore missing-image,  {LOST}-->\n![a](x.svg) :ref:`x`\n",
        f"# One\n\nText :ref:`x` <!-- polybook: ignore {LOST} -->\n",
        f"# One\n\nText\nText :ref:`x` <!-- polybook: ignore {LOST} --> text\nText\n",
        f"# One\n\n* Item\n\n  <!-- polybook: ignore {LOST} -->\n  :ref:`x`\n",
        f"# One\n\n> <!-- polybook: ignore {LOST} -->\n>\n> :ref:`x`\n",
        f":begin_tab:`alpha`\n<!-- polybook: ignore {LOST} -->\n:ref:`x`\n:end_tab:\n",
        f"# One\n\n:::{{note}}\n<!-- polybook: ignore {LOST} -->\n:ref:`x`\n:::\n",
        "---\n# polybook: ignore unknown-setting\ntimes: 1\n---\n# One\n",
        "---\ntimes: 1  # polybook: ignore unknown-setting\n---\n# One\n",
        "```{.python .input}\n# polybook: ignore unknown-framework\n#@tab gamma\n```\n",
        "```{.python .input}\n#@save\n# polybook: ignore magic-in-library\n%pip list\nx = 1\n```\n",
        "```{.python .input}\nf(1)  #@save  # polybook: ignore unresolved-library-name\n```\n",
        "<!-- polybook: ignore unclosed-tab-block -->\n:begin_tab:`alpha`\nText\n",
    ],
)
def test_a_comment_hides_what_follows(make_book: MakeBook, text: str) -> None:
    bare = text.replace("polybook", "elsewhere")
    assert write(make_book, bare), "there is something to hide"
    assert write(make_book, text) == []


def test_it_speaks_for_the_mark_lines_below(make_book: MakeBook) -> None:
    text = "# One\n:label:`a`\n\n<!-- polybook: ignore duplicate-label -->\n## Two\n:label:`a`\n"
    assert write(make_book, text) == []


def test_it_speaks_for_one_line_and_the_codes_it_names(make_book: MakeBook) -> None:
    text = (
        f"# One\n\n<!-- polybook: ignore {LOST} -->\n:ref:`x`\n:ref:`y`\n\n"
        "![a](x.svg) :ref:`z` <!-- polybook: ignore missing-image -->\n"
    )
    assert write(make_book, text) == [("one.md", 5, LOST), ("one.md", 7, LOST)]


def test_a_listing_or_text_asks_for_nothing(make_book: MakeBook) -> None:
    text = (
        f"# One\n\n```html\n<!-- polybook: ignore {LOST} -->\n```\n:ref:`x`\n\n"
        f"`<!-- polybook: ignore {LOST} -->` :ref:`y` # polybook: ignore\n"
    )
    assert write(make_book, text) == [("one.md", 6, LOST), ("one.md", 8, LOST)]


@pytest.mark.parametrize(
    ("comment", "message", "mend"),
    [
        ("", "there is no finding on that line to ignore", "remove the comment"),
        (
            " lost-fence",
            "there is no finding lost-fence on that line to ignore",
            "remove the code",
        ),
    ],
)
def test_a_comment_that_hides_nothing(
    make_book: MakeBook, comment: str, message: str, mend: str
) -> None:
    text = f"# One\n\nText <!-- polybook: ignore{comment} -->\n"
    book = make_book({"index.md": BOOK, "one.md": text})
    (one,) = findings(book, libraries(book))
    assert (one.path, one.line, one.column) == ("one.md", 3, 6)
    assert (one.severity, one.code) == ("warning", "unused-ignore")
    assert (one.message, one.suggestion) == (message, mend)


def test_one_code_of_several_may_be_in_vain(make_book: MakeBook) -> None:
    text = f"# One\n\n:ref:`x` <!-- polybook: ignore {LOST} dead-link -->\n"
    assert write(make_book, text) == [("one.md", 3, "unused-ignore")]


def test_warnings_can_be_ignored_in_the_whole_book(make_book: MakeBook) -> None:
    text = "# One\n\n![](https://x.org/x.svg)\n"
    assert len(write(make_book, text)) == 2
    assert write(make_book, text, "missing-alt-text, remote-image") == []


def test_errors_cannot(make_book: MakeBook) -> None:
    text = "# One\n\n:ref:`x`\n"
    expected = [("one.md", 3, LOST), ("_config.yml", 3, "unused-ignore")]
    assert write(make_book, text, LOST) == expected


def test_a_vain_request_can_be_ignored_too(make_book: MakeBook) -> None:
    text = "# One\n\n<!-- polybook: ignore dead-link -->\n\nText\n"
    assert write(make_book, text, "unused-ignore") == []
