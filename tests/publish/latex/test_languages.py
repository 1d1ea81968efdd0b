"""The fixed words of a PDF: those of the website, in the language of the book."""

from __future__ import annotations

import re
import shutil

import pytest
from bs4 import BeautifulSoup
from latex.printed import text_of
from resources import Polybook, require

PAGE = """\
# First
:label:`sec_first`

See :numref:`sec_first`, :numref:`fig_dot` and :numref:`tab_one`.

![A dot.](dot.svg)
:label:`fig_dot`

:A table
:label:`tab_one`

| a | b |
|:--|--:|
| 1 | 2 |

```{code-block} python
:caption: A listing
:name: lst_one

x = 1
```
"""
DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
CONFIG = "title: Small\npolybook: {frameworks: {alpha: {}}}\nsphinx: {config: {language: %s}}\n"


@pytest.mark.parametrize(
    ("language", "contents", "figure"),
    [
        ("en", "Contents", "Fig. 1.1"),
        ("de", "Inhalt", "Abb. 1.1"),
        ("zh_CN", "目录", "图 1.1"),
        ("ja", "目次", "図 1.1"),
        ("ko", "목차", "그림 1.1"),
    ],
)
def test_captions_and_references_have_the_words_of_the_website(
    polybook: Polybook, write_book, language: str, contents: str, figure: str
) -> None:
    require(shutil.which("xelatex") and shutil.which("rsvg-convert"), "XeLaTeX and rsvg-convert")
    book = write_book(
        {"index.md": "# Book\n", "first.md": PAGE}, config=CONFIG % language, files={"dot.svg": DOT}
    )
    for kind in ("pdf", "html"):
        done = polybook("build", kind, "--no-execute", "--book", book)
        assert done.returncode == 0, done.stderr
    text = _plain(text_of(book / "_build/pdf/small-alpha.pdf"))
    page = BeautifulSoup((book / "_build/html/first.html").read_text("utf-8"), "html.parser")
    captions = [each.get_text() for each in page.select("article .caption-number")]
    references = [each.get_text() for each in page.select("article p a.reference.internal")]
    assert len(captions) == 3 and len(references) == 3
    for each in [*captions, *references, contents]:
        assert _plain(each) in text
    assert any(_plain(each) == _plain(figure) for each in captions)


def _plain(text: str) -> str:
    """Return a text without its blanks, which a PDF does not keep beside East Asian letters."""
    return re.sub(r"\s", "", text)
