"""Which cells of a book are saved, for which framework, under which label."""

from __future__ import annotations

from pathlib import Path

from polybook.book import load_book
from polybook.library import saved_cells

CONFIG = (
    "polybook:\n  frameworks:\n    alpha: {library: lib.alpha}\n    beta: {library: lib.beta}\n"
)
TOC = "format: jb-book\nroot: index\nchapters:\n- file: second\n- file: first\n"
TEXTS = {
    "index": "# Book\n",
    "second": "# Two\n:label:`sec_two`\n\nText.\n\n"
    "```{.python .input}\n#@tab all\na = 1  #@save\n```\n"
    "## Part\n:label:`part`\n\n```{.python .input}\nb = 1  #@save\n```\n"
    "### Detail\n\n```{.python .input}\nc = 1  #@save\n```\n"
    "## Another\n\n```{.python .input}\nd = 1  #@save\n```\n",
    "first": "# One\n\n```{.python .input}\n#@tab all\n"
    "if tab.selected('beta'):\n    c = lib.ones(1)  #@save\n```\n",
    "forgotten": "# None\n\n```{.python .input}\ne = 1  #@save\n```\n",
}


def test_cells_stand_in_the_order_of_the_contents(tmp_path: Path) -> None:
    for name, text in TEXTS.items():
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    (tmp_path / "_config.yml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "_toc.yml").write_text(TOC, encoding="utf-8")
    book = load_book(tmp_path)
    found = {
        name: [(cell.path, cell.label, cell.source) for cell in saved_cells(book, name)]
        for name in ("alpha", "beta")
    }
    assert found == {
        "alpha": [
            ("second.md", "sec_two", "a = 1  #@save"),
            ("second.md", "part", "b = 1  #@save"),
            ("second.md", "part", "c = 1  #@save"),
            # The labelled part has ended where the next heading of its level stands.
            ("second.md", "sec_two", "d = 1  #@save"),
            ("first.md", None, ""),
        ],
        # The second page names alpha alone, so it does not exist for beta.
        "beta": [("first.md", None, "c = lib.ones(1)  #@save")],
    }
