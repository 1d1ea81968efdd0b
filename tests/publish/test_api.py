"""The reference of the libraries: the page, autodoc's directives, and docstrings."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from docutils import nodes
from resources import Polybook, write_files
from test_website import panels

from polybook.publish.docstring import docstring_nodes
from polybook.publish.symbol import api_id

CONFIG = """\
title: Api
only_build_toc_files: true
polybook:
  frameworks:
    alpha: {title: Alpha, library: lib.alpha, aliases: {module: math, simple: {root: sqrt}}}
    beta: {title: Beta, library: lib.beta}
    gamma:
execute:
  execute_notebooks: "off"
sphinx:
  extra_extensions: [polybook.publish]
"""
TOC = """\
format: jb-book
root: index
parts:
  - numbered: true
    chapters:
      - file: deep/one
      - file: deep/two
  - chapters:
      - file: api
      - file: one-framework
      - file: auto
      - file: module
"""
ONE = '''\
# One `Thing`
:label:`sec_One`

```{.python .input}
#@tab all
#@save
import math, sys
lib = sys.modules[__name__]
```

```{.python .input}
#@tab alpha
class Trainer:  #@save
    """Train *it*, see :numref:`sec_two` and `code`.

    Args:
        n: How ``often``.
        odd_: <b>not HTML</b>
    """
    def __init__(self, n=1):
        pass
    def fit(self, data, **more):
        return lib.root(4)
```

```{.python .input}
#@tab beta
def add_to_class(Class):  #@save
    """|odd_ `text`_ that is no markup**"""
```
'''
TWO = '''\
# Two
:label:`sec_two`

```{.python .input}
#@tab alpha
@lib.add_to_class(Trainer)  #@save
def stop(self) -> None:
    """Stop."""
def trainer(): pass  #@save
```
'''
AUTO = """\
# Auto

```{eval-rst}
.. currentmodule:: lib.alpha

.. autoclass:: Trainer
   :members:

.. autofunction:: trainer
```

See {py:class}`lib.alpha.Trainer` and {py:meth}`lib.alpha.Trainer.stop`.
"""
MODULE = """\
# Module

```{eval-rst}
.. automodule:: lib.beta
   :members:

.. autoclass:: lib.alpha.Trainer
   :members: stop
```
"""
FILES = {
    "_config.yml": CONFIG,
    "_toc.yml": TOC,
    "index.md": "# Book\n",
    "deep/one.md": ONE,
    "deep/two.md": TWO,
    "api.md": "# Api\n\n```{polybook-api}\n```\n",
    "one-framework.md": "# Beta Alone\n\n```{polybook-api} beta\n```\n",
    "auto.md": AUTO,
    "module.md": MODULE,
}


def build(polybook: Polybook, folder: Path, *options: str) -> str:
    """Build the website and return what was printed on stderr."""
    done = polybook("build", "html", "--no-execute", "--book", folder, *options)
    assert done.returncode == ("--keep-going" in options), done.stderr
    # That nothing has been executed is no warning of Sphinx.
    return "\n".join(line for line in done.stderr.splitlines() if "up-to-date outputs" not in line)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, polybook: Polybook) -> Path:
    folder = tmp_path_factory.mktemp("api")
    write_files(folder, FILES)
    assert build(polybook, folder) == ""
    return folder


def article(folder: Path, name: str) -> Tag:
    html = (folder / f"_build/html/{name}.html").read_text(encoding="utf-8")
    found = BeautifulSoup(html, "html.parser").select_one("article")
    assert found is not None
    return found


def signatures(tag: Tag) -> list[str]:
    return [" ".join(each.text.replace("#", "").split()) for each in tag.select("dt.sig")]


def test_each_framework_with_a_library_has_a_tab(site: Path) -> None:
    (tabs,) = article(site, "api").select(".framework-tabs")
    found = panels(tabs)
    assert list(found) == ["alpha", "beta"]
    assert signatures(found["alpha"]) == [
        "class Trainer(n=1)",
        "fit(data, **more)",
        "stop() → None",
        "trainer()",
        "root = math.sqrt",
    ]
    assert signatures(found["beta"]) == ["add_to_class(Class)"]


def test_sections_are_named_and_linked(site: Path) -> None:
    panel = panels(article(site, "api").select_one(".framework-tabs"))["alpha"]
    headings = panel.select(".polybook-section")
    assert [each.text for each in headings] == [
        "Section 1: One Thing",
        "Section 2: Two",
        "_config.yml",
    ]
    assert headings[0].a["href"] == "deep/one.html#sec-one"
    # A method from another section than its class says so.
    (origin,) = panel.select("dl dl .polybook-origin")
    assert origin.text == "Defined in Section 2: Two"
    assert origin.a["href"] == "deep/two.html#sec-two"


def test_each_symbol_has_an_anchor(site: Path) -> None:
    found = [each.get("id") for each in article(site, "api").select("dt.sig")]
    assert found == [
        "api-alpha-Trainer",
        "api-alpha-Trainer.fit",
        "api-alpha-Trainer.stop",
        "api-alpha-trainer",
        "api-alpha-root",
        "api-beta-add_to_class",
    ]


def test_a_docstring_loses_nothing(site: Path) -> None:
    body = article(site, "api")
    assert "|odd_ text_ that is no markup**" in body.text
    trainer = body.find(id="api-alpha-Trainer").find_next("dd")
    assert "Train *it*, see Section 2: Two and code." in trainer.text
    assert [" ".join(each.text.split()) for each in trainer.select("li")] == [
        "n: How often.",
        "odd_: <b>not HTML</b>",
    ]


def test_a_framework_can_be_shown_alone(site: Path) -> None:
    body = article(site, "one-framework")
    assert not body.select(".framework-tabs")
    assert signatures(body) == ["add_to_class(Class)"]


def test_autodoc_directives_work_without_autodoc(site: Path) -> None:
    body = article(site, "auto")
    assert signatures(body) == [
        "class Trainer(n=1)",
        "fit(data, **more)",
        "stop() → None",
        "trainer()",
    ]
    assert body.find(id="lib.alpha.Trainer.fit")
    assert "Defined in Section 1: One Thing" in body.text
    links = [each["href"] for each in body.select("a.internal[title^='lib.alpha']")]
    assert links == ["api.html#api-alpha-Trainer", "api.html#api-alpha-Trainer.stop"]


def test_a_module_or_chosen_members_can_be_shown(site: Path) -> None:
    assert signatures(article(site, "module")) == [
        "add_to_class(Class)",
        "class Trainer(n=1)",
        "stop() → None",
    ]


def test_pages_follow_the_library(site: Path, polybook: Polybook) -> None:
    chapter = site / "deep/one.md"
    chapter.write_text(ONE.replace("n=1", "n=2"), encoding="utf-8")
    try:
        assert build(polybook, site) == ""
        for name in ("api", "auto"):
            assert "class Trainer(n=2)" in signatures(article(site, name))
    finally:
        chapter.write_text(ONE, encoding="utf-8")


def test_what_no_library_has_is_an_error_and_a_warning_of_sphinx(
    tmp_path: Path, polybook: Polybook
) -> None:
    folder = tmp_path
    write_files(folder, FILES)
    wrong = AUTO.replace("autofunction:: trainer", "autofunction:: trainr")
    (folder / "auto.md").write_text(wrong, encoding="utf-8")
    (folder / "api.md").write_text("# Api\n\n```{polybook-api} gamma\n```\n", encoding="utf-8")
    told = build(polybook, folder, "--keep-going")
    assert "auto.md:9:1: error: the book's libraries have no 'trainr'" in told
    assert "have no 'trainr' [unresolved-library-name]; did you mean 'trainer'" in told
    assert "api.md:3: WARNING: no framework 'gamma' has a library [unknown-framework]" in told


def test_anchors_are_valid() -> None:
    assert api_id("alpha", "Trainer.fit") == "api-alpha-Trainer.fit"
    assert api_id("alpha", "größe") == "api-alpha-größe"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("One\nline.\n\nTwo.", ["One line.", "Two."]),
        ("Args:\n  x: a\n    b\n  y (int): c", ["Args", "x: a b\n\ny (int): c"]),
        ("Returns:\n  Just `text`, over\n  two lines.", ["Returns", "Just text, over two lines."]),
        ("    code\n    more", ["    code\n    more"]),
        (":unknown:`x` :ref:`nowhere`", ["x nowhere"]),
    ],
)
def test_docstring(text: str, expected: list[str]) -> None:
    found = list(docstring_nodes(text))
    assert [each.astext() for each in found] == expected
    assert all(isinstance(each, nodes.Element) for each in found)
