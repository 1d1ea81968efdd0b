"""A book in which everything that can have a number has one, for two frameworks.

Each reference stands between ‹ and ›, and no two headings, captions or equations are the same, so
that they are found in the text of a PDF.
"""

from __future__ import annotations

from zlib import crc32

TOC = """\
format: jb-book
root: index
parts:
  - caption: Before
    chapters:
      - file: preface
  - caption: Main
    numbered: true
    chapters:
      - file: main/index
        sections:
          - file: main/deep
            sections:
              - file: main/deeper
          - file: main/second
      - file: next
  - caption: Appendix
    numbered: true
    style: alphaupper
    chapters:
      - file: tools/index
        sections:
          - file: tools/shell
      - file: proofs
  - caption: After
    chapters:
      - file: works
"""
CONFIG = """\
title: Numbers
polybook:
  frameworks:
    alpha: {title: Alpha}
    beta: {title: Beta}
sphinx:
  extra_extensions: [sphinxcontrib.bibtex]
  config:
    bibtex_bibfiles: [works.bib]
"""
WORKS = """\
@article{Alpha.2001,
  author = {Alpha, Ada},
  title = {On {Everything}},
  journal = {Notes},
  year = {2001}
}
@book{Beta.2002,
  author = {Beta, Bob},
  title = {On {Nothing}},
  publisher = {Nobody},
  year = {2002}
}
"""
SQUARE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9H0z"/></svg>\n'
)
NAMES = ("preface", "main/index", "main/deep", "main/deeper", "main/second", "next")
NAMES += ("tools/index", "tools/shell", "proofs")


def _key(name: str) -> str:
    return name.replace("/", "_")


def _picture(key: str) -> str:
    return f"![Picture {key}](/square.svg)\n:label:`fig_{key}`\n"


def _equation(key: str) -> str:
    return f"$$e = {crc32(key.encode())}$$\n:eqlabel:`eq_{key}`\n"


def _each(key: str) -> str:
    """Return one of each thing that has a number."""
    return f"""\
{_picture(key)}
{_equation(key)}
:Values {key}

| a | b |
|---|---|
| 1 | 2 |
:label:`tab_{key}`

```{{code-block}} python
:caption: Code {key}
:name: lst_{key}
print("{key}")
```
"""


def _panel(framework: str, page: str, count: int) -> str:
    """Return a panel with so many pictures and equations of its own."""
    keys = [f"{framework}_{page}_{at}" for at in range(count)]
    things = "\n".join(_picture(key) + "\n" + _equation(key) for key in keys)
    own = f"For {framework}: ‹:numref:`fig_{keys[0]}`› and ‹:eqref:`eq_{keys[-1]}`›."
    return f":begin_tab:`{framework}`\n{own}\n\n{things}\n:end_tab:\n"


def _has_sections(name: str) -> bool:
    """Tell whether a page has sections: where pages lie below it, their numbers are taken."""
    return name not in ("main/index", "main/deep", "tools/index")


def _references_to(name: str) -> str:
    """Return references, by each mark, to each kind of thing on a page."""
    key = _key(name)
    own = (
        f"‹:numref:`sec_{key}_inner`›, ‹:numref:`fig_{key}_inner`›," if _has_sections(name) else ""
    )
    return f"""\
See ‹:numref:`sec_{key}`›, ‹:numref:`fig_{key}_top`›, ‹:numref:`tab_{key}_top`›,
‹{{numref}}`lst_{key}_top`›, ‹:eqref:`eq_{key}_top`›, ‹{{ref}}`sec_{key}`›, {own}
‹:ref:`fig_{key}_last`› and ‹{{eq}}`eq_{key}_last`›.
"""


def _references(at: int) -> str:
    # The preface has no number to be referred to by.
    numbered = NAMES[1:]
    near, far = NAMES[max(at, 1)], numbered[(at + 3) % len(numbered)]
    return f"""\
{_references_to(near)}
{_references_to(far)}
So say ‹:cite:`Alpha.2001`› and ‹:citet:`Beta.2002`›,[^note] and more[^more].

[^note]: Note one of {_key(NAMES[at])}.
[^more]: Note two of {_key(NAMES[at])}.
"""


def _page(at: int) -> str:
    name = NAMES[at]
    key = _key(name)
    sections = f"""\
## Inner {key}
:label:`sec_{key}_inner`

{_each(f"{key}_inner")}
### Innermost {key}

#### Deepest {key}
"""
    return f"""\
# Page {key}
:label:`sec_{key}`

{_each(f"{key}_top")}
{_references(at)}
{_panel("alpha", key, 1)}
{_panel("beta", key, 2)}
{sections if _has_sections(name) else ""}
## Other {key} {{.unnumbered}}

{_each(f"{key}_last")}
"""


PAGES = {
    "index.md": "# Book\n\nSee ‹:numref:`sec_proofs`› and ‹:numref:`fig_main_deeper_inner`›.\n",
    **{f"{name}.md": _page(at) for at, name in enumerate(NAMES)},
    "works.md": "# Works\n\n```{bibliography}\n```\n",
}
