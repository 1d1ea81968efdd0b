"""A chapter as a few lines of text, for fixtures that a person reads and pastes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import zip_longest

from polybook.source import Cell, Chapter, Diagnostic, Span, Target

FRAMEWORKS = ("alpha", "beta")
"""The frameworks of every fixture; alpha is the default."""

_SIGNS = {
    "␠": " ",
    "␍": "\r",
    "␉": "\t",
    "␄\n": "",
    "␣": "\xa0",
    "␢": "\u3000",
    "␟": "\u200b",
    "␛": "\ufeff",
    "␁": "\u0301",
}


def without_signs(source: str) -> str:
    """Return the text of a fixture, in which signs stand for what cannot be seen.

    ``␠`` is a blank at the end of a line, ``␍`` a carriage return, ``␉`` a
    tab, ``␄`` the end of the text without a final newline, ``␣`` a no-break
    space, ``␢`` an ideographic space, ``␟`` a blank of no width, ``␛`` a byte
    order mark and ``␁`` a combining acute accent.
    """
    for sign, meaning in _SIGNS.items():
        source = source.replace(sign, meaning)
    return source


def describe(chapter: Chapter) -> str:
    """Return what the parser found, in the order of its lines.

    The forms, where ``N`` is the author's line::

        front_matter {"key": "value"}
        cell N FRAMEWORKS [saved] [hide input] [tags TAGS]
                                          and below it each line that is run,
                                          by framework where they differ
        select N NAMES [libs LIBS]        the chapter's, at its first such cell
        stored_output N
        tab_block N FRAMEWORKS            and below it the lines between its marks
        section N LEVEL "title" [unnumbered]
        figure N "caption" | table N "caption" | equation N
            label NAME, NAME at N         of the object above
        image N SOURCE [width=..]
        reference ROLE TARGET N
        slide N KIND [hidden] "text"
        toc N OPTION=VALUE                and below it each entry
        pages_only N
        mark N bibliography PATH
        error N:COLUMN CODE [(did you mean ...)] [(write :MARK:..)] [(add ..)]
    """
    found: list[tuple[int, str]] = []
    if chapter.front_matter:
        found.append((1, f"front_matter {json.dumps(chapter.front_matter)}"))
    for cell in chapter.cells:
        found.append((cell.line, _cell(cell)))
    for block in chapter.blocks:
        line = chapter.lines.line_of(block.span.start) + 1
        if block.kind == "select":
            libs = ["libs", *chapter.required_libs] if chapter.required_libs else []
            found.append((line, " ".join(["select", str(line), *chapter.selected, *libs])))
        elif block.kind == "stored_output":
            found.append((line, f"stored_output {line}"))
    for block in chapter.tab_blocks:
        inside = block.content.of(chapter.text).splitlines()
        head = " ".join(["tab_block", str(block.line), *block.frameworks])
        found.append((block.line, _with_rows(head, enumerate(inside, block.line + 1))))
    found += _listings(chapter)
    for target in chapter.targets:
        line = chapter.lines.line_of(target.span.start) + 1
        found.append((line, _target(target, line)))
    # Sizes are read off the tokens, which end where a directive begins.
    for image, size in zip_longest(chapter.images, _sizes(chapter), fillvalue=()):
        found.append((image.line, " ".join(["image", str(image.line), image.source, *size])))
    for use in chapter.references:
        found.append((use.line, f"reference {use.role} {use.target} {use.line}"))
    for diagnostic in chapter.diagnostics:
        found.append((diagnostic.line, _diagnostic(diagnostic)))
    return "\n".join(text for _, text in sorted(found, key=lambda pair: pair[0]))


def _cell(cell: Cell) -> str:
    head = ["cell", str(cell.line), *cell.frameworks, *(["saved"] if cell.saved else [])]
    head += ["hide", *sorted(cell.hide)] if cell.hide else []
    head += ["tags", *cell.tags] if cell.tags else []
    seen = {name: cell.source(name) for name in cell.frameworks or ("",)}
    if len(set(seen.values())) == 1:
        return _with_rows(" ".join(head), _code_rows(*next(iter(seen.values()))))
    parts = [_with_rows(f"  {name}", _code_rows(*source)) for name, source in seen.items()]
    return "\n".join([" ".join(head), *parts])


def _code_rows(code: str, numbers: tuple[int, ...]) -> Iterator[tuple[int, str]] | tuple[()]:
    return zip(numbers, code.split("\n"), strict=True) if code else ()


def _listings(chapter: Chapter) -> Iterator[tuple[int, str]]:
    """Describe slides and what is for pages alone."""

    def line_of(span: Span) -> int:
        return chapter.lines.line_of(span.start) + 1

    for slide in chapter.slides:
        text = json.dumps(slide.content.of(chapter.text), ensure_ascii=False)
        words = [slide.kind, *(["hidden"] if slide.hidden else []), text]
        yield line_of(slide.span), " ".join(["slide", str(line_of(slide.span)), *words])
    for block in chapter.toc:
        head = ["toc", str(block.line), *(f"{key}={value}" for key, value in block.options)]
        yield block.line, _with_rows(" ".join(head), ((e.line, e.page) for e in block.entries))
    for span in chapter.pages_only:
        yield line_of(span), f"pages_only {line_of(span)}"
    for mark in chapter.marks:
        if mark.key == "bibliography":
            yield line_of(mark.span), f"mark {line_of(mark.span)} bibliography {mark.value}"


def _with_rows(head: str, rows: Iterator[tuple[int, str]] | tuple[()]) -> str:
    return "\n".join([head, *(f"    {number}| {row}".rstrip() for number, row in rows)])


def _target(target: Target, line: int) -> str:
    level = [str(target.level)] if target.kind == "section" else []
    title = [json.dumps(target.title, ensure_ascii=False)] if target.title else []
    without = ["unnumbered"] if target.unnumbered else []
    head = " ".join([target.kind, str(line), *level, *title, *without])
    if not target.names:
        return head
    return f"{head}\n    label {', '.join(target.names)} at {target.line}"


def _sizes(chapter: Chapter) -> Iterator[list[str]]:
    """Yield the size of each image, which only its token knows."""
    for token in chapter.tokens:
        for child in token.children or []:
            if child.type == "image":
                attributes = {key: child.attrGet(key) for key in ("width", "height")}
                yield [f"{key}={value}" for key, value in attributes.items() if value]


def _diagnostic(diagnostic: Diagnostic) -> str:
    head = f"{diagnostic.severity} {diagnostic.line}:{diagnostic.column} {diagnostic.code}"
    hint = diagnostic.suggestion.rstrip("?").split(", or ")[0]
    return f"{head} ({hint})" if hint.startswith(("did you mean", "write :", "add ")) else head
