"""What makes a notebook stale, what does not, and how it is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from polybook.book import Book, load_book
from polybook.execution import Key, Keys
from polybook.execution.explanation import explain

CONFIG = """\
title: Small
polybook:
  frameworks:
    alpha:
      library: lib.alpha
"""

LIBRARY = '''\
# Library
:label:`sec_library`

```{.python .input}
import sys  #@save
lib = sys.modules[__name__]  #@save
RATE = 0.1  #@save
```

```{.python .input}
class Trainer:  #@save
    """Trains."""
    def fit(self):
        return lib.step(RATE)

    def report(self):
        return "fine"
```

```{.python .input}
def step(rate):  #@save
    return -rate

def train():  #@save
    return Trainer().fit()

def lonely():  #@save
    return 1

def any_of(name):  #@save
    return globals()[name]
```
'''

USER = """\
---
data: [numbers.csv]
---
# User

Some prose.

```{.python .input}
from lib import alpha as lib
first = 1
```

```{.python .input}
second = lib.train()
second
```
"""

PAGES = {"index.md": "# Small\n", "library.md": LIBRARY, "user.md": USER}


@pytest.fixture
def book(write_book: Callable[..., Path]) -> Callable[..., Book]:
    """Write the small book with one replacement, and load it."""

    def write(page: str = "user.md", old: str = "", new: str = "", **files: str) -> Book:
        pages = dict(PAGES)
        assert old in pages[page]
        pages[page] = pages[page].replace(old, new) if old else pages[page]
        return load_book(write_book(pages, config=CONFIG, files={"numbers.csv": "1\n", **files}))

    return write


def difference(old: Key, new: Book) -> list[str]:
    """Return why the notebook of user.md is stale in ``new`` after a run under ``old``."""
    keys, page = Keys.of(new), new.page("user")
    changes = keys.key(page, "alpha").changes(old)
    return [explain(keys, page, "alpha", change) for change in changes]


def key_of(book: Book) -> Key:
    return Keys.of(book).key(book.page("user"), "alpha")


@pytest.mark.parametrize(
    ("page", "old", "new"),
    [
        ("user.md", "Some prose.", "Other prose, and more of it."),
        ("user.md", "first = 1", "# one\nfirst = 1  # a comment"),
        ("user.md", "first = 1", "first   =   1"),
        ("user.md", "# User", "# User\n:label:`sec_user`"),
        ("user.md", "first = 1", "first = (1)"),
        ("library.md", "return -rate", "return -rate  # a comment"),
        ("library.md", "return 1", "return 2"),
        ("library.md", ":label:`sec_library`", ":label:`sec_other`"),
        ("library.md", "# Library", "# The Library\n\nProse."),
    ],
)
def test_what_changes_no_output_makes_nothing_stale(
    book: Callable[..., Book], page: str, old: str, new: str
) -> None:
    before = key_of(book())
    assert difference(before, book(page, old, new)) == []


@pytest.mark.parametrize(
    ("page", "old", "new", "reasons"),
    [
        ("user.md", "first = 1", "first = 2", ["cell 1 changed"]),
        ("user.md", "second\n", "second;\n", ["cell 2 changed"]),
        (
            "user.md",
            "Some prose.",
            "```{.python .input}\nzeroth = 0\n```\n",
            ["cell 1 is new"],
        ),
        (
            "library.md",
            "return lib.step(RATE)",
            "return lib.step(2 * RATE)",
            ["`lib.Trainer.fit` changed, used through `lib.train`"],
        ),
        (
            "library.md",
            "return -rate",
            "return rate",
            ["`lib.step` changed, used through `lib.train`"],
        ),
        (
            "library.md",
            "RATE = 0.1",
            "RATE = 0.2",
            ["`lib.RATE` changed, used through `lib.train`"],
        ),
        (
            "library.md",
            'return "fine"',
            'return "finer"',
            ["`lib.Trainer.report` changed, used through `lib.train`"],
        ),
        (
            "library.md",
            "return Trainer().fit()",
            "return 3",
            [
                "`lib.train` changed",
                "`lib.RATE` is gone",
                "`lib.Trainer` is gone",
                "`lib.Trainer.fit` is gone",
                "`lib.Trainer.report` is gone",
                "`lib.lib` is gone",
                "`lib.step` is gone",
                "`lib.sys` is gone",
                "the list of the library's statements that run when it is imported changed",
            ],
        ),
        (
            "library.md",
            "return Trainer().fit()",
            "return any_of('Trainer')().fit()",
            [
                "`lib.train` changed",
                "`lib.any_of` is new, used through `lib.train`",
                "`lib.lonely` is new; `lib.any_of` may use all of the library: "
                "`globals` can reach any name",
            ],
        ),
        ("user.md", "data: [numbers.csv]", "cores: 2", None),
    ],
)
def test_what_changes_outputs_makes_stale_and_is_explained(
    book: Callable[..., Book], page: str, old: str, new: str, reasons: list[str] | None
) -> None:
    before = key_of(book())
    found = difference(before, book(page, old, new))
    assert found == (reasons or ["the number of cores changed", "the data in numbers.csv is gone"])


def test_data_count_by_content(book: Callable[..., Book]) -> None:
    before = key_of(book())
    assert difference(before, book(**{"numbers.csv": "1\n"})) == []
    assert difference(before, book(**{"numbers.csv": "2\n"})) == ["the data in numbers.csv changed"]


def test_missing_data_have_a_key_as_well(book: Callable[..., Book]) -> None:
    loaded = book()
    before = key_of(loaded)
    (loaded.folder / "numbers.csv").unlink()
    assert difference(before, loaded) == ["the data in numbers.csv changed"]


def test_a_notebook_that_may_use_everything_depends_on_everything(
    book: Callable[..., Book],
) -> None:
    dynamic = ("user.md", "lib.train()", "getattr(lib, 'tra' + 'in')()")
    before = key_of(book(*dynamic))
    pages = {**PAGES, "user.md": USER.replace(*dynamic[1:])}
    pages["library.md"] = LIBRARY.replace("return 1", "return 2")
    after = book()
    for name, text in pages.items():
        (after.folder / name).write_text(text)
    (reason,) = difference(before, load_book(after.folder))
    assert reason == (
        "`lib.lonely` changed; the notebook may use all of the library: "
        "the module `lib` is used as a value"
    )


def test_a_tag_counts_only_if_it_lets_a_cell_raise(book: Callable[..., Book]) -> None:
    def tagged(tag: str) -> Book:
        new = f"```{{code-cell}} ipython3\n:tags: [{tag}]\nfirst = 1"
        return book("user.md", "```{.python .input}\nfrom lib import alpha as lib\nfirst = 1", new)

    plain = key_of(tagged("other"))
    assert difference(plain, tagged("hide-input")) == []
    assert difference(plain, tagged("raises-exception")) == ["cell 1 changed"]
