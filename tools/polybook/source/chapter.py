"""The parsed chapter: what every other room works on.

All spans are character offsets into :attr:`Chapter.text`; all lines count
from 1 and are the author's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

import attrs
from markdown_it.token import Token

from polybook.source.diagnostic import Diagnostic
from polybook.source.directive import Directive
from polybook.source.lines import Lines, Span
from polybook.source.link import Link
from polybook.source.parsed import Parsed
from polybook.source.pragma import framework_code, without_outer_blanks
from polybook.source.selected import has_branches, resolve

Kind = Literal["section", "figure", "table", "listing", "equation"]


@attrs.frozen
class Cell:
    """An executable cell.

    Attributes:
        span: The whole fence with its delimiters.
        line: Line of the opening delimiter.
        code: The text between the delimiters, as written, without the option
            lines of a ``{code-cell}``.
        pragma: Names in the ``#@tab`` or ``%%tab`` line or the option of that
            meaning; ``None`` without one.
        frameworks: Frameworks of the book that the cell belongs to, in the
            book's order.
        saved: Whether some comment of it holds ``#@save``.
        options: How many option lines stand above the code.
        magic: The line that notebooks need before the code, such as
            ``%%bash``; empty for Python.
        hide: What pages hide of it: ``input``, ``output`` or both.
        tags: Tags that its options give it, other than frameworks.
    """

    span: Span
    line: int
    code: str
    pragma: tuple[str, ...] | None
    frameworks: tuple[str, ...]
    saved: bool
    options: int = 0
    magic: str = ""
    hide: frozenset[str] = frozenset()
    tags: tuple[str, ...] = ()

    def source(self, framework: str) -> tuple[str, tuple[int, ...]]:
        """Return the code that ``framework`` runs and the chapter line of each of its lines.

        Pragma lines, branches of other frameworks and blank lines at both
        ends are left out. The line of a magic is that of the fence.
        """
        if not self.magic:
            return _python(self.code, self.line + self.options + 1, framework)
        code, lines = framework_code(self.code, self.line + self.options + 1)
        if not code or code.startswith(self.magic):
            return code, lines
        return f"{self.magic}\n{code}", (self.line, *lines)


# The library, the notebooks and the checks ask for the same cells.
@lru_cache(8192)
def _python(code: str, first_line: int, framework: str) -> tuple[str, tuple[int, ...]]:
    """Return what ``framework`` runs of ``code``; see :meth:`Cell.source`."""
    code, lines = framework_code(code, first_line)
    if not has_branches(code):
        return code, lines
    resolved, numbers = resolve(code, framework)
    rows = zip(resolved.split("\n"), (lines[number] for number in numbers), strict=True)
    return without_outer_blanks(list(rows))


@attrs.frozen
class TabBlock:
    """Text for some frameworks only, ``:begin_tab:`` to ``:end_tab:``.

    Attributes:
        span: The whole block with its two marks.
        content: The text between the marks.
        line: Line of ``:begin_tab:``.
        names: The names as written.
        frameworks: Those of them that the book has, in the book's order.
    """

    span: Span
    content: Span
    line: int
    names: tuple[str, ...]
    frameworks: tuple[str, ...]


@attrs.frozen
class Block:
    """A stretch of the chapter; a chapter's blocks join to its text.

    Attributes:
        kind: ``front_matter``, ``text``, ``cell`` or ``tab_block``; ``select``
            for a cell that only lets plain Jupyter choose a framework, and
            ``stored_output`` for outputs below a cell: nothing shows these.
        span: Where it stands.
        content: The :class:`Cell` or :class:`TabBlock`; ``None`` otherwise.
    """

    kind: Literal["front_matter", "text", "cell", "tab_block", "select", "stored_output"]
    span: Span
    content: Cell | TabBlock | None = None


@attrs.frozen
class Image:
    """An image.

    Attributes:
        source: Path of the picture as written, relative to the chapter.
        line: Line where it stands.
        caption: Span of the text between its brackets.
        span: Span of the whole, ``![`` to ``)``; ``None`` for an image in
            reference style, whose path stands elsewhere.
    """

    source: str
    line: int
    caption: Span
    span: Span | None


@attrs.frozen
class MarkLine:
    """A line that holds one mark only, or a MyST target such as ``(label)=``.

    Attributes:
        key: ``label``, ``eqlabel``, ``width``, ``height`` or ``bibliography``.
        value: Its value.
        span: The whole line with its end; for a label behind a formula, on
            the same line, only the mark.
    """

    key: str
    value: str
    span: Span


@attrs.frozen
class Target:
    """Something that carries a number or can be referred to.

    Attributes:
        kind: What it is; it comes from the object, never from the label.
        names: Its labels, in the order written; often empty.
        line: Line of the label, or of the object when it has none.
        span: The object with its mark lines.
        title: Heading text or caption, as written; empty for an equation.
        level: 1 to 6 for a heading that opens a section, 0 otherwise.
        image: The picture of a figure that is a captioned image.
        caption: Where the caption above a table stands, without its colon.
        unnumbered: Whether a heading asks for no number.
        attributes: Where the attributes behind a heading stand.
    """

    kind: Kind
    names: tuple[str, ...]
    line: int
    span: Span
    title: str = ""
    level: int = 0
    image: Image | None = None
    caption: Span | None = None
    unnumbered: bool = False
    attributes: Span | None = None


@attrs.frozen
class Slide:
    """Text that the slides of a chapter take: ``[**`` .. ``**]`` and the like.

    Attributes:
        kind: ``new`` begins a slide (square brackets), ``more`` goes on with it.
        hidden: Whether the text is for slides alone (``~~``).
        span: The whole with its marks.
        content: The text between them.
    """

    kind: Literal["new", "more"]
    hidden: bool
    span: Span
    content: Span


@attrs.frozen
class TocEntry:
    """A page in a ``toc`` block.

    Attributes:
        page: As written, relative to the chapter, without ``.md``.
        line: Its line.
    """

    page: str
    line: int


@attrs.frozen
class TocBlock:
    """A fence ```` ```toc ````, which lists pages.

    Attributes:
        span: The whole fence.
        line: Line of the opening delimiter.
        options: Pairs such as ``("numbered", "")``.
        entries: Its pages, in order.
    """

    span: Span
    line: int
    options: tuple[tuple[str, str], ...]
    entries: tuple[TocEntry, ...]


@attrs.frozen
class Reference:
    """A use of a label or a citation key.

    Attributes:
        role: ``numref``, ``ref``, ``eqref``, ``cite``, ``citet`` ..., the
            same for a d2l mark and for the MyST role of that meaning.
        target: The label, or one citation key.
        line: Line where it stands.
        span: The whole mark; several citation keys share one span.
    """

    role: str
    target: str
    line: int
    span: Span


@attrs.frozen(eq=False)
class Chapter:
    """One Markdown file, parsed without loss.

    Attributes:
        path: Path relative to the book, with ``/``.
        text: The author's text.
        lines: Its lines.
        front_matter: The YAML at its head; empty without one.
        blocks: Stretches that join to ``text``.
        targets: What can be referred to or carries a number, in order.
        references: Uses of labels and citation keys, in order.
        images: All images, in order.
        links: Markdown links, in order.
        directives: Directives, in order, also those inside others and in
            reStructuredText.
        marks: All mark lines, in order.
        slides: What slides take from the text, in order.
        not_html: Words such as ``<eos>``, which are text and no tags, in order.
        toc: The blocks that list pages, in order.
        pages_only: Stretches that pages alone show: ``eval_rst`` blocks.
        selected: Names that its ``interact_select`` is given.
        required_libs: Requirements in its ``#required_libs(...)``.
        flow: What stands at its top level, in order: cells, tab blocks, and
            ``None`` for anything else between them.
        parsed: The markdown-it tokens of the whole text, for renderers.
        diagnostics: What is wrong in this file alone.
    """

    path: str
    text: str
    lines: Lines
    front_matter: Mapping[str, Any]
    blocks: tuple[Block, ...]
    targets: tuple[Target, ...]
    references: tuple[Reference, ...]
    images: tuple[Image, ...]
    links: tuple[Link, ...]
    directives: tuple[Directive, ...]
    marks: tuple[MarkLine, ...]
    slides: tuple[Slide, ...]
    not_html: tuple[Span, ...]
    toc: tuple[TocBlock, ...]
    pages_only: tuple[Span, ...]
    selected: tuple[str, ...]
    required_libs: tuple[str, ...]
    flow: tuple[Cell | TabBlock | None, ...]
    parsed: Parsed = attrs.field(repr=False)
    diagnostics: tuple[Diagnostic, ...]

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The markdown-it tokens of the whole text, for renderers."""
        return self.parsed.tokens

    @property
    def env(self) -> dict[str, Any]:
        """The markdown-it environment that belongs to :attr:`tokens`."""
        return self.parsed.env

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The executable cells, in order."""
        return tuple(b.content for b in self.blocks if isinstance(b.content, Cell))

    @property
    def tab_blocks(self) -> tuple[TabBlock, ...]:
        """The blocks of text for some frameworks, in order."""
        return tuple(b.content for b in self.blocks if isinstance(b.content, TabBlock))

    @property
    def title(self) -> str:
        """The text of the first heading; the file's name without one."""
        for target in self.targets:
            if target.level:
                return target.title
        return self.path
