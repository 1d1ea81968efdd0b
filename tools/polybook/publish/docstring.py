"""Docstrings to nodes: paragraphs, code, and sections such as ``Args:``.

They are not parsed as reStructuredText or Markdown, of which they are neither; whatever they hold,
nothing is lost and nothing warns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from docutils import nodes

# ``code``, `code` and :role:`target`.
_INLINE = re.compile(r"(?::(?P<role>[\w:]+):)?(?P<ticks>`{1,2})(?P<text>[^`]+)(?P=ticks)")
_HEAD = re.compile(r"^[A-Z][\w ]*:$")
_ENTRY = re.compile(r"^(?P<term>\*{0,2}\w[\w., *()\[\]|]*?):(?:\s+(?P<rest>.*))?$")

Link = Callable[[str], nodes.Node | None]
"""Returns what stands for a label of the book; None if there is no such label."""


def docstring_nodes(text: str, link: Link = lambda label: None) -> Iterator[nodes.Element]:
    """Yield the nodes of a docstring whose common indentation has been removed."""
    lines = text.expandtabs().splitlines()
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        if _HEAD.match(lines[at]) and at + 1 < len(lines) and lines[at + 1].startswith(" "):
            end = _end(lines, at + 1, lambda line: not line.strip() or line.startswith(" "))
            yield nodes.paragraph("", "", nodes.strong("", lines[at].removesuffix(":")))
            yield _entries(lines[at + 1 : end], link)
        elif lines[at].startswith((" ", ">>>")):
            end = _end(lines, at, lambda line: line.startswith(" ") or bool(line.strip()))
            code = "\n".join(lines[at:end])
            yield nodes.literal_block(code, code, language="python")
        else:
            end = _end(lines, at, lambda line: bool(line.strip()) and not line.startswith(" "))
            yield nodes.paragraph("", "", *inline_nodes(" ".join(lines[at:end]), link))
        at = end


def inline_nodes(text: str, link: Link) -> Iterator[nodes.Node]:
    """Yield the nodes of a line: text, code, and links where a role names a label."""
    done = 0
    for match in _INLINE.finditer(text):
        if match.start() > done:
            yield nodes.Text(text[done : match.start()])
        linked = link(match["text"]) if match["role"] in ("ref", "numref") else None
        yield linked or nodes.literal(match["text"], match["text"])
        done = match.end()
    if text[done:]:
        yield nodes.Text(text[done:])


def _end(lines: list[str], at: int, belongs: Callable[[str], bool]) -> int:
    end = at + 1
    while end < len(lines) and belongs(lines[end]):
        end += 1
    return end


def _entries(lines: list[str], link: Link) -> nodes.Element:
    """Return the indented lines below a head: ``name: text`` becomes an item of a list."""
    margin = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    found: list[list[str]] = []
    for line in lines:
        if not line.strip():
            continue
        if len(line) - len(line.lstrip()) == margin or not found:
            found.append([line.strip()])
        else:
            found[-1].append(line.strip())
    matches = [_ENTRY.match(" ".join(entry)) for entry in found]
    if not all(matches):
        text = " ".join(" ".join(entry) for entry in found)
        return nodes.block_quote("", nodes.paragraph("", "", *inline_nodes(text, link)))
    items = nodes.bullet_list()
    for match in matches:
        assert match is not None
        line = [nodes.literal(match["term"], match["term"])]
        if match["rest"]:
            line += [nodes.Text(": "), *inline_nodes(match["rest"], link)]
        items += nodes.list_item("", nodes.paragraph("", "", *line))
    return items
