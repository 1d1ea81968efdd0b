"""Joins mark lines to what they belong to, and makes figures of captioned images."""

from __future__ import annotations

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from polybook.source.rules.finding import Finding, report
from polybook.source.rules.mark_line import is_blank

MARKS = "polybook_marks"
"""Key in the parser's environment: all mark lines as (key, value, line, columns).

``columns`` is ``None`` for a mark that has its line for itself.
"""

_WHERE = {
    "label": "a heading, a captioned image, a table or an equation",
    "eqlabel": "a displayed equation",
    "width": "an image",
    "height": "an image",
}


def attach(state: StateCore) -> None:
    """Core rule, after ``inline``: resolve the ``mark_line`` tokens.

    A heading or table gets ``myst_target`` tokens before it, an equation its
    label, an image its size; a captioned image alone in its paragraph becomes
    ``figure_open`` .. ``figure_close``. Blank lines may stand between the
    object and its marks, other text may not: such a mark is reported.
    """
    tokens: list[Token] = []
    subject = 0  # where in `tokens` the object that marks may join begins
    opened: list[int] = []
    marks = state.env.setdefault(MARKS, [])
    for token in state.tokens:
        if token.type == "mark_line":
            columns = token.meta.get("columns")
            marks.append((token.meta["key"], token.meta["value"], token.map[0], columns))
            subject = _join(state, tokens, subject, token)
            continue
        if token.type == "bibliography":
            marks.append(("bibliography", token.meta["value"], token.map[0], None))
        if token.type == "myst_target" and token.map:
            marks.append(("label", token.content, token.map[0], None))
        if token.nesting == 1:
            opened.append(len(tokens))
        elif token.nesting == 0:
            subject = len(tokens)
        tokens.append(token)
        if token.nesting == -1:
            subject = opened.pop()
            _make_figure(tokens, subject)
    state.tokens = tokens


def _sole_image(tokens: list[Token], start: int) -> Token | None:
    """Return the image that fills the paragraph at ``start`` alone."""
    if tokens[start].type not in ("paragraph_open", "figure_open") or start + 1 >= len(tokens):
        return None
    children = tokens[start + 1].children or []
    seen = [child for child in children if child.type != "text" or not is_blank(child.content)]
    return seen[0] if len(seen) == 1 and seen[0].type == "image" else None


def _make_figure(tokens: list[Token], start: int) -> None:
    image = _sole_image(tokens, start)
    if tokens[start].type == "paragraph_open" and image and image.content.strip():
        tokens[start].type, tokens[-1].type = "figure_open", "figure_close"
        tokens[start].tag = tokens[-1].tag = "figure"
        tokens[start].hidden = tokens[-1].hidden = False
        tokens[start + 1].children = [image]


def _join(state: StateCore, tokens: list[Token], subject: int, mark: Token) -> int:
    """Join ``mark`` to the object at ``subject``; return where that object begins now."""
    key, value = mark.meta["key"], mark.meta["value"]
    target = tokens[subject] if subject < len(tokens) else None
    kind = target.type if target else ""
    image = _sole_image(tokens, subject) if target else None
    same_level = target is not None and target.level == mark.level

    if same_level and key in ("width", "height") and image:
        image.attrSet(key, value)
    elif same_level and key == "label" and kind in ("heading_open", "table_open"):
        name = Token("myst_target", "", 0, content=value, map=mark.map, level=mark.level)
        tokens.insert(subject, name)
        subject += 1
    elif same_level and key == "label" and kind == "figure_open":
        target.meta.setdefault("names", []).append((value, mark.map[0]))
    elif same_level and key in ("eqlabel", "label") and kind in ("math_block", "math_block_label"):
        if kind == "math_block":
            target.type, target.info = "math_block_label", value
            target.meta["line"] = mark.map[0]
        else:
            target.meta.setdefault("names", []).append((value, mark.map[0]))
    elif same_level and key in ("eqlabel", "label") and (math := _last_display(tokens, subject)):
        math.meta.setdefault("names", []).append((value, mark.map[0]))
    else:
        report(
            state.env,
            Finding(
                mark.map[0],
                f"dangling-{key}",
                f":{key}:`{value}` stands under nothing that it can belong to",
                f"put it on the line after {_WHERE[key]}",
            ),
        )
        return subject
    # The marks belong to the object, so its lines reach to the last of them.
    if target.map:
        target.meta["end"] = max(mark.map[1], target.meta.get("end", target.map[1]))
    return subject


def _last_display(tokens: list[Token], start: int) -> Token | None:
    """Return the displayed formula that ends the paragraph at ``start``."""
    if tokens[start].type != "paragraph_open":
        return None
    for child in reversed(tokens[start + 1].children or []):
        if child.type == "math_inline_double":
            return child
        if child.type != "inline_mark":
            break
    return None
