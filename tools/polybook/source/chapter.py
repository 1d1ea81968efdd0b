"""The parsed chapter: what every other room works on.

All spans are character offsets into :attr:`Chapter.text`; all lines count
from 1 and are the author's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import attrs
from markdown_it.token import Token

from polybook.source.diagnostic import Diagnostic
from polybook.source.lines import Lines, Span
from polybook.source.pragma import framework_code

Kind = Literal["section", "figure", "table", "equation"]


@attrs.frozen
class Cell:
    """An executable cell.

    Attributes:
        span: The whole fence with its delimiters.
        line: Line of the opening delimiter.
        code: The text between the delimiters, as written.
        pragma: Names in the ``#@tab`` or ``%%tab`` line; ``None`` without one.
        frameworks: Frameworks of the book that the cell belongs to, in the
            book's order.
        saved: Whether some line of it carries ``#@save``.
    """

    span: Span
    line: int
    code: str
    pragma: tuple[str, ...] | None
    frameworks: tuple[str, ...]
    saved: bool

    def source(self) -> tuple[str, tuple[int, ...]]:
        """Return the code that a framework runs and the line of each of its lines.

        Pragma lines and blank lines at both ends are left out.
        """
        return framework_code(self.code, self.line + 1)


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
        kind: ``front_matter``, ``text``, ``cell`` or ``tab_block``.
        span: Where it stands.
        content: The :class:`Cell` or :class:`TabBlock`; ``None`` otherwise.
    """

    kind: Literal["front_matter", "text", "cell", "tab_block"]
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
        key: ``label``, ``eqlabel``, ``width`` or ``height``.
        value: Its value.
        span: The whole line with its end.
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
    """

    kind: Kind
    names: tuple[str, ...]
    line: int
    span: Span
    title: str = ""
    level: int = 0
    image: Image | None = None


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
        marks: All mark lines, in order.
        tokens: The markdown-it tokens of the whole text, for renderers.
        env: The markdown-it environment that belongs to ``tokens``.
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
    marks: tuple[MarkLine, ...]
    tokens: tuple[Token, ...] = attrs.field(repr=False)
    env: dict[str, Any] = attrs.field(repr=False)
    diagnostics: tuple[Diagnostic, ...]

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
