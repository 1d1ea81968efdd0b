"""A chapter as a few lines of text, for fixtures that a person reads and pastes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import zip_longest

from polybook.source import Chapter, Diagnostic, Target

FRAMEWORKS = ("alpha", "beta")
"""The frameworks of every fixture; alpha is the default."""


def describe(chapter: Chapter) -> str:
    """Return what the parser found, in the order of its lines.

    The forms, where ``N`` is the author's line::

        front_matter {"key": "value"}
        cell N FRAMEWORKS [saved]         and below it each line that is run
        tab_block N FRAMEWORKS            and below it the lines between its marks
        section N LEVEL "title"
        figure N "caption" | table N "caption" | equation N
            label NAME, NAME at N         of the object above
        image N SOURCE [width=..]
        reference ROLE TARGET N
        error N:COLUMN CODE [(did you mean ...)]
    """
    found: list[tuple[int, str]] = []
    if chapter.front_matter:
        found.append((1, f"front_matter {json.dumps(chapter.front_matter)}"))
    for cell in chapter.cells:
        code, numbers = cell.source()
        rows = zip(numbers, code.split("\n"), strict=True) if code else ()
        head = ["cell", str(cell.line), *cell.frameworks, *(["saved"] if cell.saved else [])]
        found.append((cell.line, _with_rows(" ".join(head), rows)))
    for block in chapter.tab_blocks:
        inside = block.content.of(chapter.text).splitlines()
        head = " ".join(["tab_block", str(block.line), *block.frameworks])
        found.append((block.line, _with_rows(head, enumerate(inside, block.line + 1))))
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


def _with_rows(head: str, rows: Iterator[tuple[int, str]] | tuple[()]) -> str:
    return "\n".join([head, *(f"    {number}| {row}".rstrip() for number, row in rows)])


def _target(target: Target, line: int) -> str:
    level = [str(target.level)] if target.kind == "section" else []
    title = [json.dumps(target.title, ensure_ascii=False)] if target.title else []
    head = " ".join([target.kind, str(line), *level, *title])
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
    hint = diagnostic.suggestion
    return f"{head} ({hint.rstrip('?')})" if hint.startswith("did you mean") else head
