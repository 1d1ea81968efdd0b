"""The index of the printed book: authors' entries, terms, and the names of the library."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from pypdf import PdfReader
from resources import Polybook, require

GLOSSARY = """\
# Words

```{glossary}
loss
  How wrong a model is.

100% rule @home!
  A term with signs that an index must not read.

weight
  A number that training changes.

zero-shot
  A term with a hyphen.
```
"""
PAGE = """\
# Models

We lower the {term}`loss` by descent {index}`gradient descent`, within the
{term}`100% rule @home!`. What descent changes are the *weights*, and
*nothing else*; *zero-shot* is a term, too.

```{.python .input}
#@tab alpha
class Trainer:  #@save
    pass

def add_up(a, b):  #@save
    return a + b
```

Cells of the other framework define other names.

```{.python .input}
#@tab beta
def never_here():  #@save
    return 1
```
"""
CONFIG = """\
title: Small
polybook:
  frameworks:
    alpha: {title: Alpha, library: lib.alpha}
    beta: {title: Beta, library: lib.beta}
"""


@pytest.fixture(autouse=True)
def programs() -> None:
    require(shutil.which("xelatex") and shutil.which("upmendex"), "XeLaTeX and upmendex")


def lines_of_index(polybook: Polybook, book: Path) -> tuple[list[str], PdfReader]:
    """Build the PDF for the first framework; return the lines of its index."""
    done = polybook("build", "pdf", "--no-execute", "--framework", "alpha", "--book", book)
    assert done.returncode == 0, done.stderr
    reader = PdfReader(next((book / "_build/pdf").glob("*-alpha.pdf")))
    lines = reader.pages[-1].extract_text().splitlines()
    return [re.sub(r"\s+", " ", line).strip() for line in lines], reader


def test_the_index_holds_terms_entries_and_names_of_the_library(
    polybook: Polybook, write_book
) -> None:
    book = write_book({"index.md": "# Book\n", "words.md": GLOSSARY, "m.md": PAGE}, config=CONFIG)
    lines, reader = lines_of_index(polybook, book)
    pages = {title: reader.get_destination_page_number(each) for title, each in _places(reader)}
    words, models = (reader.page_labels[pages[title]] for title in ("Words", "Models"))
    assert [line for line in lines if line and not line.isdigit()] == [
        "Index",
        "Symbols",
        f"100% rule @home!, {words}, {models}",
        "A",
        f"lib.add_up, {models}",
        "G",
        f"gradient descent, {models}",
        "L",
        f"loss, {words}, {models}",
        "T",
        f"lib.Trainer, {models}",
        "W",
        f"weight, {words}, {models}",
        "Z",
        f"zero-shot, {words}, {models}",
    ]
    assert "Index" in pages


def test_words_of_the_index_are_set_as_words_and_names_as_code(
    polybook: Polybook, write_book
) -> None:
    book = write_book({"index.md": "# Book\n", "words.md": GLOSSARY, "m.md": PAGE}, config=CONFIG)
    _, reader = lines_of_index(polybook, book)
    fonts: dict[str, str] = {}

    def note(text: str, _: object, __: object, font: dict[str, str] | None, ___: object) -> None:
        fonts[text.strip(" ,\n")] = (font or {}).get("/BaseFont", "")

    reader.pages[-1].extract_text(visitor_text=note)
    mono = {text: "Mono" in font for text, font in fonts.items()}
    assert mono["lib.Trainer"]
    assert not mono["loss"]
    assert not mono["gradient descent"]


def test_chinese_entries_stand_under_the_letters_of_their_sound(
    polybook: Polybook, write_book
) -> None:
    page = "# 模型\n\n{index}`损失`、{index}`模型`、{index}`梯度` 和 {index}`loss`。\n"
    config = CONFIG + "sphinx: {config: {language: zh_CN}}\n"
    lines, _ = lines_of_index(
        polybook, write_book({"index.md": "# 书\n", "m.md": page}, config=config)
    )
    entries = [line.partition(",")[0] for line in lines if line and not line.isdigit()]
    assert entries == ["索引", "L", "loss", "M", "模型", "S", "损失", "T", "梯度"]


def _places(reader: PdfReader):
    todo = list(reader.outline)
    while todo:
        each = todo.pop()
        if isinstance(each, list):
            todo += each
        else:
            yield str(each.title).strip("0123456789. "), each
