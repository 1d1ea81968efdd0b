"""What the dialect's text looks like on pages: captions, slide marks, lists of pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from resources import Polybook, write_files

FILES = {
    "_config.yml": """\
title: Book
bibtex_bibfiles: [works.bib]
polybook:
  frameworks:
    alpha:
    beta:
sphinx:
  config:
    bibtex_bibfiles: [works.bib]
""",
    "_toc.yml": """\
format: jb-book
root: index
options:
  numbered: true
chapters:
  - file: deep/index
    sections:
      - file: deep/one
      - file: deep/two
""",
    "works.bib": "@book{Alpha.2001, author={Alpha, A}, title={T}, year=2001, publisher={P}}\n",
    "index.md": """\
# Book

```toc
:numbered:

deep/index
```

```toc
elsewhere
```

```eval_rst
  .. only:: html

     Only in *HTML*.
```

```eval_rst
.. raw:: html
   :file: front.html
```

:bibliography:`works.bib`
""",
    "front.html": '<p id="front">Welcome</p>\n',
    "deep/index.md": "# Deep\n\n```toc\none.md\n```\n",
    "deep/two.md": """\
# Two

## A

## Further {.unnumbered}

### Of it

$$x$$
:eqlabel:`eq_x`

## B {#place}

See :numref:`place` and :eqref:`eq_x`.
""",
    "deep/one.md": """\
# [**One**] and all
:label:`sec_one`

See :numref:`tab_x`, :eqref:`eq_a`, :eqref:`eq_b`, :eqref:`eq_c`, :eqref:`eq_d`.

: Speeds of $x$ and :citet:`Alpha.2001`
:label:`tab_x`

| a |
|---|
| 1 |

(**$$a$$**)
:eqlabel:`eq_a`
:eqlabel:`eq_b`

Text $$c$$ :eqlabel:`eq_c` and
$$
- d
$$ :eqlabel:`eq_d`

[**Shown**] [~~hidden~~] x^2^ ~~struck~~ <eos> **第一。**后
""",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, polybook: Polybook) -> Path:
    """Return the folder of the website, built without a warning."""
    folder = tmp_path_factory.mktemp("dialect")
    write_files(folder, FILES)
    done = polybook("build", "html", "--no-execute", "--book", folder)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return folder / "_build/html"


def article(site: Path, name: str) -> Tag:
    soup = BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")
    found = soup.find("article")
    assert isinstance(found, Tag)
    return found


def test_a_captioned_table_is_numbered(site: Path) -> None:
    page = article(site, "deep/one.html")
    caption = page.find("caption")
    assert caption is not None
    assert caption.get_text().rstrip("#") == "Table 1.1.1 Speeds of x and Alpha (2001)"


def test_each_formula_is_numbered_and_each_label_leads_to_it(site: Path) -> None:
    page = article(site, "deep/one.html")
    numbers = [span.get_text().rstrip("#") for span in page.select(".eqno")]
    assert numbers == ["(1.1.1)", "(1.1.2)", "(1.1.3)"]
    links = {link.get_text(): link["href"] for link in page.select("p a.internal")}
    assert links["(1.1.1)"] == "#equation-eq-a"
    assert links["(1.1.3)"] == "#equation-eq-d"
    assert not page.select("p div.math"), "a formula stands between paragraphs"


def test_slide_marks_leave_their_text(site: Path) -> None:
    page = article(site, "deep/one.html")
    assert page.h1 is not None
    assert page.h1.get_text().rstrip("#") == "1.1. One and all"
    last = page.find_all("p")[-1]
    assert last.decode_contents() == (
        "Shown  x<sup>2</sup> <s>struck</s> &lt;eos&gt; <strong>第一。</strong>后"
    )


def test_a_heading_that_asks_for_no_number_has_none(site: Path) -> None:
    page = article(site, "deep/two.html")
    titles = [title.get_text().rstrip("#") for title in page.select("h1, h2, h3")]
    assert titles == ["1.2. Two", "1.2.1. A", "Further", "Of it", "1.2.2. B"]
    links = [(link.get_text(), link["href"]) for link in page.select("p a.internal")]
    assert links == [("Section 1.2.2", "#place"), ("(1.2.1)", "#equation-eq-x")]


def test_a_list_of_pages_follows_the_table_of_contents(site: Path) -> None:
    links = [link["href"] for link in article(site, "index.html").select(".toctree-wrapper a")]
    assert links == ["deep/index.html", "deep/one.html", "deep/two.html"]
    links = [link["href"] for link in article(site, "deep/index.html").select("a.reference")]
    assert links == ["one.html", "two.html"]


def test_a_citation_whose_key_cannot_be_one_stays_text(tmp_path: Path, polybook: Polybook) -> None:
    """`check` calls it an error; with `--keep-going` the rest is rendered all the same."""
    for name in ("_config.yml", "works.bib"):
        (tmp_path / name).write_text(FILES[name], encoding="utf-8")
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: index\n", encoding="utf-8")
    text = (
        "# Book\n\n* See :cite:`Alpha. 2001`, :citet:`Alpha.2001`.\n\n:bibliography:`works.bib`\n"
    )
    (tmp_path / "index.md").write_text(text, encoding="utf-8")
    done = polybook("build", "html", "--no-execute", "--keep-going", "--book", tmp_path)
    assert "Traceback" not in done.stderr
    assert "index.md:3: WARNING: no work has the key 'Alpha. 2001'" in done.stderr
    assert "index.md:3:7: error: no work has the key 'Alpha. 2001'" in done.stderr
    page = article(tmp_path / "_build/html", "index.html")
    assert page.li is not None
    assert page.li.get_text() == "See Alpha. 2001, Alpha (2001)."


def test_text_for_sphinx_and_the_list_of_works(site: Path) -> None:
    page = article(site, "index.html")
    assert "Only in HTML." in page.get_text()
    assert page.select_one("#front") is not None
    assert len(page.select(".citation")) == 1
