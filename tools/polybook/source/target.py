"""What can be referred to: headings, figures, tables, listings and equations."""

from __future__ import annotations

import re

import attrs
from markdown_it.token import Token

from polybook.source.chapter import Image, Kind, Target
from polybook.source.directive import Directive, directive
from polybook.source.lines import Lines, Span
from polybook.source.rules.caption import SIGN
from polybook.source.rules.heading import UNNUMBERED

# MyST directives that carry a number, by the kind of thing they make.
_DIRECTIVES: dict[str, Kind] = {
    "figure": "figure",
    "figure-md": "figure",
    "table": "table",
    "list-table": "table",
    "csv-table": "table",
    "math": "equation",
    "code-block": "listing",
    "sourcecode": "listing",
    "literalinclude": "listing",
}
_CAPTION_OPTION = re.compile(r"^\s*:?caption:[ \t]*(.*?)\s*$")
_NAME_OPTION = re.compile(r"^\s*:?(?:name|label):\s*(\S+)\s*$")


def collect_targets(tokens: list[Token], lines: Lines) -> tuple[Target, ...]:
    """Return the targets of a chapter in the order in which they stand."""
    targets: list[Target] = []
    pending: list[Token] = []  # `(label)=` tokens waiting for what follows them
    for index, token in enumerate(tokens):
        if token.type == "myst_target":
            pending.append(token)
            continue
        names = [(mark.content, mark.map[0] if mark.map else 0) for mark in pending]
        found = _target(tokens, index, names, lines)
        targets += found
        if token.nesting >= 0 and token.type != "tab_block_open":
            pending = []
    return tuple(targets)


def _target(
    tokens: list[Token], index: int, names: list[tuple[str, int]], lines: Lines
) -> list[Target]:
    token = tokens[index]
    names = names + token.meta.get("names", [])
    if token.type == "heading_open":
        title = tokens[index + 1].content
        # Inside a tab block, list or quotation a heading opens no section.
        level = 0 if token.level else int(token.tag[1])
        section = _make("section", token, names, lines, title=title, level=level)
        written = token.meta.get("attributes")
        return [_with_attributes(section, token, written, lines) if written else section]
    if token.type == "figure_open":
        image = tokens[index + 1].children[0]  # type: ignore[index]
        return [
            _make("figure", token, names, lines, title=image.content, image=image.meta.get("image"))
        ]
    if token.type == "math_block_label":
        label_line = token.meta.get("line", token.map[0])
        return [_make("equation", token, [(token.info, label_line), *names], lines)]
    if token.type == "amsmath" and token.meta["numbered"] == "*":
        return []
    if token.type in ("math_block", "amsmath"):
        return [_make("equation", token, names, lines)]
    if token.type == "table_open":
        title = token.meta.get("caption", "")
        if not (names or title):
            return []
        where = _table_caption(tokens[index + 2], lines) if title else None
        return [_make("table", token, names, lines, title=title, caption=where)]
    if token.type == "inline":
        return [
            _formula(child, lines)
            for child in token.children or []
            if child.type == "math_inline_double"
        ]
    if read := directive(token):
        return _directive(token, read, names, lines)
    return []


def _with_attributes(section: Target, token: Token, written: str, lines: Lines) -> Target:
    classes = str(token.attrGet("class") or "").split()
    end = lines.text.rfind(written, *attrs.astuple(lines.span(*token.map))) + len(written)
    where = Span(end - len(written), end)
    return attrs.evolve(section, unnumbered=UNNUMBERED in classes, attributes=where)


def _formula(token: Token, lines: Lines) -> Target:
    """Return the target of a displayed formula inside a paragraph, at its own place."""
    span = token.meta["span"]
    names = token.meta.get("names", [])
    line = names[0][1] if names else lines.line_of(span.start)
    return Target("equation", tuple(name for name, _ in names), line + 1, span)


def _table_caption(inline: Token, lines: Lines) -> Span:
    """Return where the text of the caption stands that ``inline`` is."""
    first, after = inline.map or (0, 0)
    whole = lines.span(first, after)
    sign = SIGN.search(lines.text, whole.start, whole.end)
    start = sign.end() if sign else whole.start
    return Span(start, max(start, whole.start + len(whole.of(lines.text).rstrip())))


def _directive(
    token: Token, read: Directive, names: list[tuple[str, int]], lines: Lines
) -> list[Target]:
    for number, line in enumerate(read.options):
        if option := _NAME_OPTION.match(line):
            names = [*names, (option[1], token.map[0] + 1 + number)]
            break
    kind = _DIRECTIVES.get(read.name)
    if kind is None:
        # A named admonition and the like: a place to refer to, without a number.
        return [_make("section", token, names, lines, title=read.argument)] if names else []
    if kind == "listing":
        title = _listing_caption(read)
        if not (names or title):
            return []
    else:
        title = _caption(read.body) if kind == "figure" else read.argument
    return [_make(kind, token, names, lines, title=title)]


def _caption(body: str) -> str:
    """Return the caption in a figure directive: its first paragraph that is no picture."""
    paragraphs = (part.strip() for part in body.split("\n\n"))
    return next((part for part in paragraphs if part and not part.startswith("![")), "")


def _listing_caption(read: Directive) -> str:
    """Return the caption of code; an included file's is its name if the option says nothing."""
    found = next(filter(None, map(_CAPTION_OPTION.match, read.options)), None)
    if found is None:
        return ""
    return found[1] or (read.argument if read.name == "literalinclude" else "")


def _make(
    kind: Kind,
    token: Token,
    names: list[tuple[str, int]],
    lines: Lines,
    title: str = "",
    level: int = 0,
    image: Image | None = None,
    caption: Span | None = None,
) -> Target:
    first, after = token.map or (0, 0)
    after = token.meta.get("end", after)
    return Target(
        kind=kind,
        names=tuple(name for name, _ in names),
        line=(names[0][1] if names else first) + 1,
        span=lines.span(first, after),
        title=title,
        level=level,
        image=image,
        caption=caption,
    )
