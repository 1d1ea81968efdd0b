"""Names of the library in code lead to the sections that define them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from markdown_it.utils import read_fixture_file
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from resources import Polybook

from polybook.publish.code_links import imported, link_names

FIXTURES = Path(__file__).parent / "fixtures/code_links.md"
ADDRESSES = {"Timer": "timer.html#sec-timer", "load": "data.html"}


@pytest.mark.parametrize(
    ("code", "expected"),
    [pytest.param(code, links, id=title) for _, title, code, links in read_fixture_file(FIXTURES)],
)
def test_links_in_code(code: str, expected: str) -> None:
    html = highlight(code, get_lexer_by_name("ipython3"), HtmlFormatter())
    found = link_names(html, imported([code], "lib.alpha"), lambda name: ADDRESSES.get(name, ""))
    linked = BeautifulSoup(found, "html.parser")
    assert [f"{a.text} -> {a['href']}" for a in linked.select("a")] == expected.splitlines()
    # Who copies it gets the code as it was.
    assert linked.text == BeautifulSoup(html, "html.parser").text


CONFIG = """\
title: Links
polybook:
  frameworks:
    alpha: {title: Alpha, library: lib.alpha}
    beta: {title: Beta, library: lib.beta}
"""

PAGES = {
    "index.md": "# Links\n\nText.\n",
    "timer.md": """\
# Timers
:label:`sec_timers`

## A Timer
:label:`sec_timer`

```{.python .input}
#@tab alpha
from lib import alpha as d2l
```

```{.python .input}
#@tab beta
from lib import beta as d2l
```

```{.python .input}
#@tab alpha
class Timer:  #@save
    other = 'd2l.Timer'
```

## Use

```{.python .input}
#@tab alpha
d2l.Timer()
```

```{.python .input}
#@tab beta
d2l.Timer
```
""",
    "beta.md": """\
# Only in Beta

```{.python .input}
#@tab beta
class Timer:  #@save
    pass
```
""",
    "use.md": """\
# Use

```{.python .input}
#@tab alpha
from lib import alpha as d2l
```

```{.python .input}
#@tab beta
from lib import beta as d2l
```

```{.python .input}
#@tab all
t = d2l.Timer()
```

```{.python .input}
#@tab beta
d2l.Timer
```
""",
}


def test_each_framework_leads_to_its_own_definition(
    write_book: Callable[..., Path], polybook: Polybook
) -> None:
    book = write_book(PAGES, config=CONFIG)
    assert polybook("library", "--book", book).returncode == 0
    done = polybook("build", "html", "--no-execute", "--book", book)
    assert done.returncode == 0, done.stderr

    def links(name: str) -> list[tuple[str, str]]:
        html = (book / f"_build/html/{name}.html").read_text(encoding="utf-8")
        found = BeautifulSoup(html, "html.parser").select("a.code-link")
        return [(a.text, a["href"]) for a in found]

    assert links("timer") == [("d2l.Timer", "#sec-timer"), ("d2l.Timer", "beta.html")]
    assert links("use") == [("d2l.Timer", "timer.html#sec-timer"), ("d2l.Timer", "beta.html")]
    assert links("beta") == []
