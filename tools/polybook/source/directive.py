"""Directives: taking them apart, and reading what stands in the bodies of MyST's.

Renderers parse a body when its directive runs. Everyone else wants to know
the labels, references and images in it, so it is parsed here too, at the
author's lines.
"""

from __future__ import annotations

import re
from typing import Any

import attrs
from markdown_it import MarkdownIt
from markdown_it.token import Token

from polybook.source.restructured import rst_directives
from polybook.source.rules.finding import Finding, report, reported

_HEAD = re.compile(r"^\s*\{([\w:+.-]+)\}\s*(.*)$")
_OPTION = re.compile(r"^\s*:[\w-]+:(\s|$)")
_YAML_FENCE = re.compile(r"^-{3,}\s*$")
# Their bodies are no Markdown.
_LITERAL = frozenset(
    {
        *("bibliography", "code", "code-block", "code-cell", "csv-table", "eval-rst", "glossary"),
        *("graphviz", "highlight", "image", "include", "index", "list-table", "literalinclude"),
        *("math", "mermaid", "plantuml", "raw", "sourcecode", "tableofcontents", "toctree"),
    }
)
# More than anyone nests; the bound keeps odd input from exhausting the stack.
_DEPTH = 20


@attrs.frozen
class Directive:
    """A directive, taken apart.

    Attributes:
        name: Such as ``figure``.
        argument: What follows the name on its line.
        body: The text below; its option lines are blank, so that lines keep
            their places. Empty for a directive of reStructuredText.
        options: The option lines.
        line: Its first line, from 1; 0 if it is not known.
    """

    name: str
    argument: str
    body: str
    options: tuple[str, ...]
    line: int = 0


def directive(token: Token) -> Directive | None:
    """Return the directive that ``token`` is, if it is one."""
    if token.type not in ("fence", "colon_fence"):
        return None
    match = _HEAD.match(token.info)
    if match is None:
        return None
    lines = token.content.split("\n")
    after = after_options(lines)
    body = "\n".join([""] * after + lines[after:])
    line = token.map[0] + 1 if token.map else 0
    return Directive(match[1], match[2].strip(), body, tuple(lines[:after]), line)


def collect_directives(tokens: list[Token]) -> tuple[Directive, ...]:
    """Return the directives among ``tokens``, in the order in which they stand.

    Those of reStructuredText, in ``eval_rst`` and ``{eval-rst}``, are among them.
    """
    every: list[Directive] = []
    for token in tokens:
        found = directive(token)
        if found:
            every.append(found)
        if token.map and (token.type == "eval_rst" or (found and found.name == "eval-rst")):
            first = token.map[0] + 2
            every += [
                Directive(inner.name, inner.argument, "", inner.options, first + inner.row)
                for inner in rst_directives(token.content)
            ]
    return tuple(every)


def after_options(lines: list[str]) -> int:
    """Return how many lines at the head of a body are options."""
    if lines and _YAML_FENCE.match(lines[0]):
        for number, line in enumerate(lines[1:], 1):
            if _YAML_FENCE.match(line):
                return number + 1
        return 0
    number = 0
    while number < len(lines) and _OPTION.match(lines[number]):
        number += 1
    return number


def with_bodies(
    tokens: list[Token], parser: MarkdownIt, env: dict[str, Any], depth: int = 0
) -> list[Token]:
    """Return ``tokens`` with those of each directive's body behind the directive.

    What stands in a body lies one level deeper than the directive, and its
    lines are those of the file. Findings in bodies are added to ``env``.
    """
    found: list[Token] = []
    for token in tokens:
        found.append(token)
        read = directive(token)
        if read is None or read.name in _LITERAL or not token.map or depth == _DEPTH:
            continue
        offset = token.map[0] + 1
        # Link definitions are the chapter's; findings are the body's own.
        inner_env = {"references": env.get("references", {})}
        inner = with_bodies(parser.parse(read.body, inner_env), parser, inner_env, depth + 1)
        for each in inner:
            if each.type == "tab_block_open" and each.level == 0:
                report(inner_env, _misplaced(each))
            each.level += token.level + 1
            if each.map:
                each.map = [each.map[0] + offset, each.map[1] + offset]
            for name in ("line", "end"):
                if name in each.meta:
                    each.meta[name] += offset
            if "names" in each.meta and each.type != "tab_block_open":
                each.meta["names"] = [(n, line + offset) for n, line in each.meta["names"]]
            for child in each.children or []:
                if "names" in child.meta:
                    child.meta["names"] = [(n, line + offset) for n, line in child.meta["names"]]
        for finding in reported(inner_env):
            report(env, attrs.evolve(finding, line=finding.line + offset))
        found += inner
    return found


def _misplaced(block: Token) -> Finding:
    return Finding(
        block.map[0] if block.map else 0,
        "misplaced-tab-block",
        "a tab block cannot stand inside a directive",
        "put the directive into the tab block",
    )
