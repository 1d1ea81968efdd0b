"""HTML passes through; what only looks like a tag, such as ``<eos>``, is text."""

from __future__ import annotations

import re

from markdown_it.common.html_re import HTML_TAG_RE
from markdown_it.common.utils import isLinkClose, isLinkOpen
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.html_block import html_block
from markdown_it.rules_inline import StateInline

_HTML = re.compile(HTML_TAG_RE.pattern.removeprefix("^"))
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)")
_ELEMENTS = frozenset(
    re.findall(
        r"\w+",
        """
        a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound
        big blink blockquote body br button canvas caption center cite code col colgroup data
        datalist dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure
        font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe
        img input ins kbd label legend li link main map mark marquee math menu menuitem meta
        meter nav nobr noframes noscript object ol optgroup option output p param picture pre
        progress q rp rt ruby s samp script search section select slot small source span strike
        strong style sub summary sup svg table tbody td template textarea tfoot th thead time
        title tr track tt u ul var video wbr
        """,
    )
)


def is_html(text: str, at: int) -> bool:
    """Tell whether the ``<`` at ``at`` begins HTML: an element, a comment or a declaration."""
    match = _TAG.match(text, at)
    if match is None:
        return True
    name = match[1].lower()
    # A name with a hyphen is an element that somebody has defined.
    return name in _ELEMENTS or "-" in name


def html_text(state: StateInline, silent: bool) -> bool:
    """Inline rule: as markdown-it's own, for tags that HTML knows.

    Markdown-it's copies the rest of the text at each tag.
    """
    if not state.md.options.get("html") or state.src[state.pos] != "<":
        return False
    match = _HTML.match(state.src, state.pos) if is_html(state.src, state.pos) else None
    if match is None:
        return False
    if not silent:
        state.push("html_inline", "", 0).content = match[0]
        state.linkLevel += isLinkOpen(match[0]) - isLinkClose(match[0])
    state.pos = match.end()
    return True


def html_lines(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Block rule: markdown-it's own, for tags that HTML knows."""
    at = state.bMarks[start] + state.tShift[start]
    if state.src[at : at + 1] != "<" or not is_html(state.src, at):
        return False
    return html_block(state, start, end, silent)
