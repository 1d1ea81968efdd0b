"""What holds for any text at all: no exception, nothing lost, every place inside the text."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polybook.source import Chapter, Span, parse
from polybook.source.rules.mark_line import as_name

FRAMEWORKS = ("alpha", "beta")

CHAPTER = """\
---
frameworks: [alpha, beta]
---
# 線形回帰 from Scratch
:label:`sec_linear`

The model, see :numref:`fig_line` and {eq}`eq_line`、:cite:`Alpha.2001, Beta.2002`。

$$y = \\mathbf{w}^\\top \\mathbf{x} + b.$$
:eqlabel:`eq_line`

We solve
$$
\\begin{aligned}
a &= b
\\end{aligned}
$$

:eqlabel:`eq_solution`
where $a$ costs 5\\$.

```{.python .input  n=7}
#@tab alpha, beta
def f(x):  #@save
    return x
```

```{.python .input}
%%tab beta
f(1)
```

```{.python .input}
%load_ext d2lbook.tab
tab.interact_select(['alpha', "beta"])  #required_libs("a==1", 'b')
```

```{.python .input}
#@tab all
%matplotlib inline
for i in range(2):
    if tab.selected('alpha'):
        f('''
    text''')
    elif not tab.selected("beta"):
        pass
    else: f(i)
```

```{code-cell} ipython3
:tags: [framework-beta, hide-input]
f(2)  # Hide outputs
```

```{.bash .input}
ls
```

![The line, as in :citet:`Alpha.2001`](../img/line.svg)
:width:`300px`
:label:`fig_line`

:begin_tab:`alpha`
In alpha, *also* `` :numref:`sec_linear` ``:

```bash
alpha --run  # :label:`x`
```
:end_tab:
:begin_tab:`beta, alpha`
1. :ref:`sec_linear`

   ![Another](<a b.svg>)
:end_tab:

(tab_values)=
| a | b |
|---|---|
| :numref:`tab_values` | $x$ |
:label:`tab_other`

> A quotation of :numref:`the
> section`

: Speeds, [**see :numref:`tab_speed`**]
:label:`tab_speed`

| a |
|---|

[**Slides take $$a$$ :eqlabel:`eq_a` and**] more <eos> (~~than this
paragraph~~) of x^2^.

```toc
:numbered:
other.md
```

```eval_rst
.. note:: x
```

:bibliography:`works.bib`

~~~{figure} cat.svg
:name: fig_cat
A cat.
~~~
"""

LINES = CHAPTER.split("\n")
# What means something somewhere, and what looks like nothing.
SIGNS = [
    *"`:$#[](){}<>|-*_~%+=!\\ \t&;.,@/^1aé字\n\r\0",
    *"\u200b\ufeff\u2028\x0c\x85",
    *(
        "```",
        "$$",
        "[**",
        "**]",
        "(~~",
        "~~)",
        ":numref:`",
        ": ",
        ":end_tab:",
        ":label:`x`",
        "{numref}`",
        "![",
        "  - ",
        "> ",
        "http://a..b[",
    ),
]

fast = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def read(text: str) -> Chapter:
    return parse(text, frameworks=FRAMEWORKS)


def hold_code(chapter: Chapter, code: str, numbers: tuple[int, ...]) -> None:
    """Check that each line of a cell's code stands at its line of the chapter."""
    assert len(numbers) == (code.count("\n") + 1 if code else 0)
    assert list(numbers) == sorted(set(numbers))
    for line, number in zip(code.split("\n"), numbers, strict=False):
        written = chapter.lines.content(number - 1).replace("\0", "\ufffd")
        # What stands for a branch that has gone, and what runs another language.
        assert line.strip() in written or line.strip() in ("pass", "%%bash")


def hold(text: str) -> None:
    """Check everything that must hold for ``text``."""
    chapter = read(text)
    whole = Span(0, len(text))

    done = 0
    for block in chapter.blocks:
        assert block.span.start == done < block.span.end
        done = block.span.end
    assert done == len(text)

    for cell in chapter.cells:
        assert cell.span in whole
        for framework in FRAMEWORKS:
            hold_code(chapter, *cell.source(framework))
    for block in chapter.tab_blocks:
        assert block.span in whole
        assert block.content in block.span
    for target in chapter.targets:
        assert target.span in whole
        assert 1 <= target.line <= len(chapter.lines)
    for image in chapter.images:
        assert image.caption in whole
        assert image.span is None or image.caption in image.span
        assert image.span is None or image.span in whole
    for slide in chapter.slides:
        assert slide.span in whole
        assert slide.content in slide.span
        if "\0" not in text:
            assert slide.span.of(text)[:3] in ("[**", "(**", "[~~", "(~~")
            assert slide.span.of(text)[-3:] in ("**]", "**)", "~~]", "~~)")
    for word in chapter.not_html:
        assert (word.of(text)[0], word.of(text)[-1]) == ("<", ">")
    for block in chapter.toc:
        assert block.span in whole
    assert all(span in whole for span in chapter.pages_only)
    assert all(target.caption in whole for target in chapter.targets if target.caption)
    for mark in chapter.marks:
        assert mark.span in whole
        if chapter.slides and mark.span.start == mark.span.end:
            continue
        assert mark.value in as_name(mark.span.of(text).replace("\0", "\ufffd"))
    for reference in chapter.references:
        assert reference.span in whole
        if chapter.slides and reference.span.start == reference.span.end:
            continue  # A slide mark stands in it, which is in the file alone.
        written = reference.span.of(text).replace("\0", "\ufffd")
        assert written[0] in ":{" and written[-1] == "`"
        # Between its two lines may stand the sign of a quotation.
        target = " ".join(reference.target.split())
        assert target in as_name(" ".join(written.split())) or len(written.splitlines()) > 1
    for diagnostic in chapter.diagnostics:
        assert 1 <= diagnostic.line <= len(chapter.lines)
        assert diagnostic.column >= 1


def test_the_chapter_itself_is_well_formed() -> None:
    chapter = read(CHAPTER)
    assert chapter.diagnostics == ()
    assert len(chapter.cells) == 5
    assert len(chapter.references) == 9
    hold(CHAPTER)


@fast
@given(st.text(max_size=80))
def test_any_text(text: str) -> None:
    hold(text)


@fast
@given(st.lists(st.sampled_from(SIGNS), max_size=40).map("".join))
def test_any_mixture_of_signs(text: str) -> None:
    hold(text)


@fast
@given(st.lists(st.sampled_from(LINES), max_size=14).map("\n".join))
def test_any_choice_of_lines(text: str) -> None:
    hold(text)


def cut(data: Callable[..., int]) -> str:
    start = data(st.integers(0, len(CHAPTER)))
    return CHAPTER[:start] + CHAPTER[data(st.integers(start, len(CHAPTER))) :]


def double(data: Callable[..., int]) -> str:
    start = data(st.integers(0, len(CHAPTER)))
    end = data(st.integers(start, len(CHAPTER)))
    return CHAPTER[:end] + CHAPTER[start:]


def shuffle(data: Callable[..., list[str]]) -> str:
    return "\n".join(data(st.permutations(LINES)))


def insert(data: Callable[..., object]) -> str:
    at = data(st.integers(0, len(CHAPTER)))
    return CHAPTER[:at] + data(st.text(max_size=5) | st.sampled_from(SIGNS)) + CHAPTER[at:]


def truncate(data: Callable[..., int]) -> str:
    return CHAPTER[: data(st.integers(0, len(CHAPTER)))]


def end_lines(data: Callable[..., str]) -> str:
    ends = st.sampled_from(["\n", "\r\n", "\r", " \n", "\u200b\n"])
    return "".join(line + data(ends) for line in LINES)


def mark_bytes(data: Callable[..., int]) -> str:
    return "\ufeff" + truncate(data)


@fast
@given(st.sampled_from([cut, double, shuffle, insert, truncate, end_lines, mark_bytes]), st.data())
def test_any_damage_to_a_chapter(damage: Callable[..., str], data: st.DataObject) -> None:
    hold(damage(data.draw))


def meaning(chapter: Chapter) -> dict[str, object]:
    """Return what the rest of the toolchain takes from a chapter, without offsets."""
    return {
        "front matter": chapter.front_matter,
        "cells": [
            (cell.line, cell.frameworks, cell.hide, *map(cell.source, FRAMEWORKS))
            for cell in chapter.cells
        ],
        "selected": (chapter.selected, chapter.required_libs),
        "tabs": [(block.line, block.frameworks) for block in chapter.tab_blocks],
        "targets": [(one.kind, one.names, one.line, one.title) for one in chapter.targets],
        "references": [(use.role, use.target, use.line) for use in chapter.references],
        "images": [(image.source, image.line) for image in chapter.images],
        "diagnostics": chapter.diagnostics,
    }


@fast
@given(st.lists(st.sampled_from(LINES), max_size=14).map("\n".join) | st.just(CHAPTER))
def test_line_ends_change_no_meaning(text: str) -> None:
    expected = meaning(read(text))
    assert meaning(read(text.replace("\n", "\r\n"))) == expected
    assert meaning(read(text.replace("\n", "\r"))) == expected


@fast
@given(st.lists(st.sampled_from(LINES), max_size=14).map("\n".join))
def test_a_final_newline_changes_no_meaning(text: str) -> None:
    assert meaning(read(text.rstrip("\n"))) == meaning(read(text.rstrip("\n") + "\n"))
