"""Numbers come from the table of contents alone: chapter, section, and what counts in them."""

from __future__ import annotations

from collections.abc import Callable

from polybook.book import Book

MakeBook = Callable[..., Book]

TOC = """\
format: jb-book
root: index
parts:
  - caption: Front
    chapters:
      - file: preface
      - file: notation
  - caption: Middle
    numbered: true
    chapters:
      - file: linear/index
        sections:
          - file: linear/data
          - file: linear/model
      - file: deep/index
  - caption: Back
    numbered: true
    chapters:
      - file: last
"""
PAGES = {
    "index.md": "# Book\n",
    "preface.md": "# Preface\n",
    "notation.md": "# Notation\n",
    "linear/index.md": "# Linear\n",
    "linear/data.md": "# Data\n",
    "linear/model.md": "# Model\n",
    "deep/index.md": "# Deep\n",
    "last.md": "# Last\n",
}


def dotted(book: Book, page: str) -> list[str]:
    """Return the numbers of everything on ``page`` that can have one, in order."""
    return [".".join(map(str, number)) for number in book.numbering.numbers[page]]


def labels(book: Book) -> dict[str, str]:
    return {name: label.dotted for name, label in book.numbering.labels.items()}


def test_chapters_count_over_all_numbered_parts_and_pages_below_them(make_book: MakeBook) -> None:
    book = make_book(PAGES, TOC)
    assert {page.docname: dotted(book, page.docname) for page in book.pages} == {
        "index": [""],
        "preface": [""],
        "notation": [""],
        "linear/index": ["1"],
        "linear/data": ["1.1"],
        "linear/model": ["1.2"],
        "deep/index": ["2"],
        "last": ["3"],
    }


def test_further_headings_count_below_the_page(make_book: MakeBook) -> None:
    text = "# Model\n## A\n### B\n### C\n## D\n### E\n"
    book = make_book({**PAGES, "linear/model.md": text}, TOC)
    assert dotted(book, "linear/model") == [
        "1.2",
        "1.2.1",
        "1.2.1.1",
        "1.2.1.2",
        "1.2.2",
        "1.2.2.1",
    ]


def test_headings_below_an_index_page_are_sections(make_book: MakeBook) -> None:
    book = make_book({**PAGES, "deep/index.md": "# Deep\n## A\n### B\n## C\n"}, TOC)
    assert dotted(book, "deep/index") == ["2", "2.1", "2.1.1", "2.2"]


def test_a_heading_that_skips_a_level_counts_at_its_place(make_book: MakeBook) -> None:
    book = make_book({**PAGES, "last.md": "# Last\n### A\n## B\n## C\n"}, TOC)
    assert dotted(book, "last") == ["3", "3.1", "3.2", "3.3"]


def test_a_heading_that_asks_for_no_number_counts_nowhere(make_book: MakeBook) -> None:
    text = (
        "# Data\n\n## A\n\n## More {.unnumbered}\n\n### Of it\n\n$$x$$\n\n## B {#place}\n\n"
        "## C {-}\n:label:`sec_c`\n\n![A cat](cat.svg)\n"
    )
    book = make_book(PAGES | {"linear/data.md": text}, TOC)
    assert dotted(book, "linear/data") == ["1.1", "1.1.1", "", "", "1.1.1", "1.1.2", "", "1.1.1"]
    assert labels(book) == {"place": "1.1.2", "sec_c": ""}


def test_headings_in_tab_blocks_and_quotations_have_no_number(make_book: MakeBook) -> None:
    text = "# Last\n:begin_tab:`alpha`\n## In a tab\n:end_tab:\n\n> ## Quoted\n\n## A\n"
    book = make_book({**PAGES, "last.md": text}, TOC)
    assert dotted(book, "last") == ["3", "", "", "3.1"]


def test_figures_tables_and_equations_count_separately(make_book: MakeBook) -> None:
    text = """\
# Model

![One](a.svg)
:label:`fig_one`

$$x$$
:eqlabel:`eq_one`

```{list-table} Values
:name: tab_one

* - 1
```

![Two](b.svg)
:label:`fig_two`

Text $$y$$ and $$z$$
:eqlabel:`eq_three`
"""
    book = make_book({**PAGES, "linear/model.md": text}, TOC)
    assert labels(book) == {
        "fig_one": "1.2.1",
        "eq_one": "1.2.1",
        "tab_one": "1.2.1",
        "fig_two": "1.2.2",
        "eq_three": "1.2.3",
    }


def test_listings_with_a_caption_count(make_book: MakeBook) -> None:
    text = """\
# Last

```{code-block} python
:caption: Adding
:name: lst_add
a + b
```

```{code-block} python
:name: lst_plain
a
```

```{literalinclude} last.md
---
caption:
name: lst_file
---
```
"""
    book = make_book({**PAGES, "last.md": text}, TOC)
    assert labels(book) == {"lst_add": "3.1", "lst_plain": "", "lst_file": "3.2"}


def test_deeper_headings_do_not_restart_the_count(make_book: MakeBook) -> None:
    text = "# Model\n\n$$x$$\n\n## A\n\n$$y$$\n\n### B\n\n$$z$$\n:eqlabel:`eq_z`\n"
    book = make_book({**PAGES, "linear/model.md": text}, TOC)
    assert labels(book) == {"eq_z": "1.2.3"}


def test_on_an_index_page_the_count_follows_the_section(make_book: MakeBook) -> None:
    equations = [f"$${name}$$\n:eqlabel:`eq_{name}`\n" for name in "xyz"]
    text = "\n## Section\n\n".join(["# Deep\n\n" + equations[0], *equations[1:]])
    book = make_book({**PAGES, "deep/index.md": text}, TOC)
    assert labels(book) == {"eq_x": "2.1", "eq_y": "2.1.1", "eq_z": "2.2.1"}


def test_pages_without_a_number_count_for_themselves(make_book: MakeBook) -> None:
    figure = "![A cat](cat.svg)\n"
    pages = {
        **PAGES,
        "preface.md": f"# Preface\n## History\n\n{figure}:label:`fig_preface`\n",
        "notation.md": f"# Notation\n\n{figure}:label:`fig_notation`\n",
        "deep/index.md": f"# Deep\n\n{figure}:label:`fig_deep`\n",
    }
    book = make_book(pages, TOC)
    assert dotted(book, "preface") == ["", "", "1"]
    # One row over all of them, so that "Fig. 1" means one figure.
    assert labels(book) == {"fig_preface": "1", "fig_notation": "2", "fig_deep": "2.1"}


def test_what_has_no_caption_has_no_number(make_book: MakeBook) -> None:
    text = "# Last\n\n![](a.svg)\n\n| a |\n|---|\n:label:`tab_a`\n\n![B](b.svg)\n:label:`fig_b`\n"
    book = make_book({**PAGES, "last.md": text}, TOC)
    assert labels(book) == {"tab_a": "", "fig_b": "3.1"}


def test_a_part_may_be_numbered_to_a_depth(make_book: MakeBook) -> None:
    toc = TOC.replace("numbered: true", "numbered: 1")
    book = make_book(PAGES, toc)
    assert dotted(book, "linear/index") == ["1"]
    assert dotted(book, "linear/data") == [""]
    assert dotted(book, "deep/index") == ["2"]


def test_a_label_knows_its_page_its_object_and_its_number(make_book: MakeBook) -> None:
    book = make_book({**PAGES, "linear/data.md": "# Data\n:label:`sec_data`\n"}, TOC)
    label = book.numbering.labels["sec_data"]
    assert (label.docname, label.path) == ("linear/data", "linear/data.md")
    assert (label.number, label.dotted) == ((1, 1), "1.1")
    assert label.target.title == "Data"


def test_the_first_of_two_equal_labels_counts(make_book: MakeBook) -> None:
    pages = {
        **PAGES,
        "linear/data.md": "# Data\n:label:`sec_x`\n",
        "last.md": "# Last\n:label:`SEC_X`\n",
    }
    numbering = make_book(pages, TOC).numbering
    assert numbering.labels["sec_x"].docname == "linear/data"
    assert [label.docname for label in numbering.duplicates] == ["last"]


def test_labels_are_found_in_any_case_except_those_of_equations(make_book: MakeBook) -> None:
    text = "# Last\n:label:`sec_Last`\n\n$$x$$\n:eqlabel:`eq_X`\n"
    numbering = make_book({**PAGES, "last.md": text}, TOC).numbering
    found = numbering.find("SEC_LAST")
    assert found is not None and found.name == "sec_Last"
    assert numbering.find("eq_X") is not None
    assert numbering.find("eq_x") is None
    assert numbering.find("sec_first") is None
