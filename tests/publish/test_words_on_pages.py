"""Pages of a book in Chinese, Japanese or Korean: none of the website's own words is English."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import expect
from resources import serve
from windows import Reader

from polybook.book import load_book
from polybook.execution import Keys
from polybook.publish.build import build_html

# A book that makes the website show all that it can say; what the author writes is not Latin.
CONFIG = """\
title: 一
author: 二
copyright: "2001"
only_build_toc_files: true
execute: {execute_notebooks: "off"}
repository: {url: "https://github.com/ORG/REPO", branch: main}
html:
  announcement: 三
  use_edit_page_button: true
  use_issues_button: true
  use_repository_button: true
  comments: {hypothesis: true, utterances: {repo: ORG/REPO}, giscus: {repo: ORG/REPO}}
parse:
  myst_enable_extensions: [colon_fence, dollarmath, tasklist]
sphinx:
  extra_extensions: [polybook.publish]
  config: {html_last_updated_fmt: "%Y"}
polybook:
  frameworks:
    alpha: {title: 甲, library: shulib.alpha}
    beta: {title: 乙}
"""
TOC = """\
format: jb-book
root: first
options: {numbered: true}
chapters:
  - file: chapter
    sections: [{file: section}, {file: reference}]
"""
CHAPTER = """\
# 四
:label:`chap`

## 五
:label:`sec`

* [x] 六
* [ ] 七

````{toggle}
八
````

$$a = b$$ (九)

:千
:label:`tab`

| 十 |
|----|
| 百 |

```{.python .input}
#@tab alpha
#@save
class A(Exception):
    '''万'''
```

```{.python .input}
#@tab beta
2
```
"""
SECTION = """\
---
frameworks: [alpha]
---

# 億

```{code-cell}
:tags: [hide-input]
3
```

```{code-cell}
:tags: [hide-cell]
4
```
"""
REFERENCE = """\
# 京

```{polybook-api} alpha
```

```{autoclass} shulib.alpha.A
```
"""
FILES = {
    "_config.yml": CONFIG,
    "_toc.yml": TOC,
    "first.md": "# 一\n\n兆\n",
    "chapter.md": CHAPTER,
    "section.md": SECTION,
    "reference.md": REFERENCE,
    "shulib/__init__.py": "",
}
# Names, which no language translates.
NAMES = {"Python", "JavaScript", "python", "http", "server", "class", "Exception"}
NAMES |= {"giscus", "app", "hypothes", "is", "utteranc", "es", "shulib", "alpha"}


class Said(HTMLParser):
    """What a page tells a reader, in its text and in its attributes; code and file names apart."""

    SAYING = ("aria-label", "title", "placeholder", "data-failed")
    SILENT = ("script", "style", "pre", "code", "small", "mjx-container")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self._inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.SILENT:
            self._inside.append(tag)
        self.words += [value for name, value in attrs if name in self.SAYING and value]

    def handle_endtag(self, tag: str) -> None:
        if self._inside and tag == self._inside[-1]:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.words.append(data)


def build(folder: Path, language: str) -> Path:
    """Build the book in a language and return its website."""
    for name, text in FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    settings = yaml.safe_load(CONFIG)
    settings["sphinx"]["config"]["language"] = language
    text = yaml.safe_dump(settings, allow_unicode=True)
    (folder / "_config.yml").write_text(text, encoding="utf-8")
    warnings: list[str] = []
    website = build_html(Keys.of(load_book(folder)), warnings.append)
    assert warnings == []
    return website.folder


def latin(website: Path) -> dict[str, str]:
    """Return each Latin word that pages say, with what it stands in."""
    return {
        word: " ".join(said.split())
        for file in website.glob("*.html")
        for said in Said(file.read_text(encoding="utf-8")).words
        for word in re.findall("[A-Za-z]{2,}", said)
        if word not in NAMES
    }


@pytest.mark.parametrize("language", ["zh_CN", "zh_TW", "ja", "ko"])
def test_no_english_word_is_left(tmp_path: Path, language: str) -> None:
    assert latin(build(tmp_path, language)) == {}


def test_the_same_book_says_everything_in_english(tmp_path: Path) -> None:
    said = set(latin(build(tmp_path, "en")))
    assert {"Announcement", "Bases", "Dark", "Defined", "Download", "Edit"} <= said
    assert {"Index", "Link", "Not", "Previous", "Section", "Source", "Toggle"} <= said


def test_giscus_is_asked_for_the_language_as_the_web_names_it(tmp_path: Path) -> None:
    page = (build(tmp_path, "zh_TW") / "chapter.html").read_text(encoding="utf-8")
    assert '"data-lang": "zh-TW"' in unescape(page)


@pytest.mark.browser
def test_the_button_that_copies_speaks_the_language_of_the_book(
    tmp_path: Path, reader: Reader
) -> None:
    with serve(build(tmp_path, "ja")) as address:
        reader.open(f"{address}/chapter.html")
        button = reader.page.locator(".copybtn").first
        expect(button).to_have_attribute("data-tooltip", "コピー")
        expect(button.locator("title")).to_have_text("クリップボードにコピー")
