"""What a page shows of its cells, before Sphinx renders it."""

from __future__ import annotations

from pathlib import Path

from polybook.book import load_book
from polybook.publish.outputs import page_outputs
from polybook.publish.parser import page_tokens

CONFIG = "polybook:\n  frameworks:\n    alpha:\n    beta:\n"
NAMES_BOTH = "```{.python .input}\n#@tab alpha, beta\n0\n```\n\n---\n\n"


def shown(folder: Path, text: str) -> list[tuple[str, str, list[str]]]:
    """Return panel, code and tags of each cell behind the first."""
    (folder / "_config.yml").write_text(CONFIG)
    (folder / "_toc.yml").write_text("format: jb-book\nroot: index\n")
    (folder / "index.md").write_text(f"# Book\n\n{NAMES_BOTH}{text}")
    book = load_book(folder)
    found, panel = [], ""
    for token in page_tokens(book.pages[0], page_outputs(book, book.pages[0], {})):
        if token.type == "tab_item_open":
            panel = token.meta["framework"]
        elif token.type == "tab_item_close":
            panel = ""
        elif token.type == "nb_cell_code":
            found.append((panel, token.content, token.meta["metadata"]["tags"]))
    return found[1:]


def test_hide_marks_and_tags_reach_the_page(tmp_path: Path) -> None:
    text = "```{.python .input}\n#@tab all\n1  #@hide\n```\n"
    text += "```{code-cell}\n:framework: all\n:tags: [scroll-output]\n2\n```\n"
    assert shown(tmp_path, text) == [
        ("", "1  #@hide", ["hide-input", "hide-output"]),
        ("", "2", ["scroll-output"]),
    ]


def test_a_shared_cell_whose_branches_differ_stands_in_tabs(tmp_path: Path) -> None:
    text = "```{.python .input}\n#@tab all\nif tab.selected('alpha'):\n    1\nelse:\n    2\n```\n"
    assert shown(tmp_path, text) == [("alpha", "1", []), ("beta", "2", [])]


def test_a_panel_without_code_is_left_out(tmp_path: Path) -> None:
    text = "```{.python .input}\n#@tab all\nif tab.selected('alpha'):\n    1\n```\n"
    assert shown(tmp_path, text) == [("alpha", "1", [])]


def test_a_select_cell_and_stored_outputs_are_not_shown(tmp_path: Path) -> None:
    text = (
        "```{.python .input}\n%load_ext d2lbook.tab\n```\n```{.python .input}\n#@tab all\n1\n```\n"
    )
    assert shown(tmp_path, text + "```{.json .output n=1}\n[]\n```\n") == [("", "1", [])]


def test_a_page_for_one_framework_has_no_tabs(tmp_path: Path) -> None:
    text = (
        "---\nframeworks: [beta]\n---\n" + NAMES_BOTH + "```{.python .input}\n#@tab all\n1\n```\n"
    )
    (tmp_path / "_config.yml").write_text(CONFIG)
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: index\n")
    (tmp_path / "index.md").write_text(text)
    book = load_book(tmp_path)
    tokens = page_tokens(book.pages[0], page_outputs(book, book.pages[0], {}))
    types = [token.type for token in tokens]
    assert types.count("nb_cell_code") == 2
    assert not any(name.startswith("tab_") for name in types)
