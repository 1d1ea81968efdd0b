"""Reading one chapter: the only place where Markdown is parsed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML, RendererProtocol
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from polybook.source import inline
from polybook.source.chapter import (
    Block,
    Cell,
    Chapter,
    MarkLine,
    Slide,
    TabBlock,
    TocBlock,
    TocEntry,
)
from polybook.source.diagnostic import Diagnostic
from polybook.source.directive import collect_directives, with_bodies
from polybook.source.fence import read_head
from polybook.source.lines import Lines, Span
from polybook.source.link import collect_links
from polybook.source.parsed import Parsed
from polybook.source.pragma import (
    INPUT,
    OUTPUT,
    framework_names,
    hidden,
    is_saved,
    required_libs,
    selected_names,
)
from polybook.source.quick import quick_plugin
from polybook.source.rules import dialect_plugin
from polybook.source.rules.attach import MARKS
from polybook.source.rules.finding import Finding, report, reported
from polybook.source.rules.slide import slides_in
from polybook.source.selected import UnreadableError, has_branches, names_in
from polybook.source.suggestion import did_you_mean
from polybook.source.target import collect_targets

# What Jupyter Book enables when a book does not say otherwise.
MYST_EXTENSIONS = frozenset({"colon_fence", "dollarmath", "linkify", "substitution", "tasklist"})


def create_parser(
    config: MdParserConfig, renderer: Callable[[MarkdownIt], RendererProtocol] = RendererHTML
) -> MarkdownIt:
    """Return a MyST parser that also reads the d2l dialect."""
    return create_md_parser(config, renderer).use(dialect_plugin).use(quick_plugin)


@cache
def default_config() -> MdParserConfig:
    """Return the MyST settings of a book that sets none."""
    return MdParserConfig(enable_extensions=set(MYST_EXTENSIONS), dmath_double_inline=True)


# The last one, for a book's chapters have one configuration.
_readers: list[tuple[MdParserConfig, MarkdownIt]] = []


def _reader(config: MdParserConfig) -> MarkdownIt:
    """Return a parser for ``config``; making one takes as long as a short chapter."""
    if not _readers or _readers[0][0] is not config:
        _readers[:] = [(config, create_parser(config))]
    return _readers[0][1]


def parse(
    text: str,
    path: str = "chapter.md",
    frameworks: Sequence[str] = (),
    config: MdParserConfig | None = None,
    untagged: str = "default",
) -> Chapter:
    """Parse one chapter; never raises on any text.

    Args:
        text: The chapter, as read from its file.
        path: Its path relative to the book, for diagnostics.
        frameworks: The book's frameworks in order; the first is the default,
            to which a cell without a pragma belongs.
        config: MyST settings; those of Jupyter Book by default.
        untagged: Whether a cell without a pragma belongs to the ``default``
            framework or to ``all``.

    Returns:
        The chapter. What is wrong in it stands in ``Chapter.diagnostics``.
    """
    lines = Lines(text)
    env: dict[str, Any] = {}
    parser = _reader(config or default_config())
    # A byte order mark is no text; it would hide the front matter or the title.
    tokens = parser.parse(text.removeprefix("\ufeff"), env)
    reading = _Reading(path, lines, tuple(frameworks), env, untagged)
    blocks = reading.blocks(tokens)
    every = with_bodies(tokens, parser, env)
    found = inline.scan(every, lines, env)
    # Nothing shows the others.
    shown = tuple(token for token in tokens if token.type not in _UNSEEN)
    return Chapter(
        path=path,
        text=text,
        lines=lines,
        front_matter=reading.front_matter(tokens),
        blocks=blocks,
        targets=collect_targets(every, lines),
        references=found.references,
        images=found.images,
        links=collect_links(every, lines),
        directives=collect_directives(every),
        marks=_marks(env, lines, found.marks),
        slides=_slides(env, lines),
        not_html=found.not_html,
        toc=_toc(tokens, lines),
        pages_only=tuple(
            lines.span(*token.map) for token in tokens if token.type == "eval_rst" and token.map
        ),
        selected=tuple(reading.selected),
        required_libs=tuple(reading.required_libs),
        flow=_flow(shown),
        parsed=Parsed(shown, env),
        diagnostics=reading.diagnostics(),
    )


def _marks(env: dict[str, Any], lines: Lines, behind: tuple[MarkLine, ...]) -> tuple[MarkLine, ...]:
    """Return all mark lines and the marks ``behind`` formulas, in order."""
    marks = list(behind)
    for key, value, line, columns in env.get(MARKS, []):
        span = lines.span(line, line + 1)
        if columns:
            first, after = (_offset(lines, line, column) for column in columns)
            span = Span(first, after)
        marks.append(MarkLine(key, value, span))
    return tuple(sorted(marks, key=lambda mark: mark.span.start))


def _offset(lines: Lines, line: int, column: int) -> int:
    """Return the offset of a place that a rule has found in the text without its BOM."""
    bom = line == 0 and lines.text.startswith("\ufeff")
    return min(lines.start(line) + column + bom, len(lines.text))


def _slides(env: dict[str, Any], lines: Lines) -> tuple[Slide, ...]:
    slides = []
    for pair in slides_in(env):
        start, end = _offset(lines, *pair.start), _offset(lines, *pair.end)
        if start + 3 <= end:
            whole, content = Span(start, end + 3), Span(start + 3, end)
            kind = "new" if pair.opening[0] == "[" else "more"
            slides.append(Slide(kind, "~" in pair.opening, whole, content))
    return tuple(slides)


def _toc(tokens: list[Token], lines: Lines) -> tuple[TocBlock, ...]:
    return tuple(
        TocBlock(
            span=lines.span(*token.map),
            line=token.map[0] + 1,
            options=tuple(token.meta["options"]),
            entries=tuple(TocEntry(page, line + 1) for page, line in token.meta["entries"]),
        )
        for token in tokens
        if token.type == "toc" and token.map
    )


_UNSEEN = ("select", "stored_output")


def _flow(tokens: Sequence[Token]) -> tuple[Cell | TabBlock | None, ...]:
    """Return the cells and tab blocks at the top level, and ``None`` for what is between them."""
    flow: list[Cell | TabBlock | None] = []
    for token in tokens:
        if token.level or token.nesting < 0:
            continue
        content = token.meta.get("cell") or token.meta.get("block")
        if content or not flow or flow[-1]:
            flow.append(content)
    return tuple(flow)


class _Reading:
    """The state of one ``parse``."""

    def __init__(
        self,
        path: str,
        lines: Lines,
        frameworks: tuple[str, ...],
        env: dict[str, Any],
        untagged: str,
    ) -> None:
        self.path, self.lines, self.frameworks, self.env = path, lines, frameworks, env
        self.untagged = frameworks if untagged == "all" else frameworks[:1]
        self.selected: list[str] = []
        self.required_libs: list[str] = []
        # Frameworks whose cells are hidden from here to the end of the page.
        self.hidden: set[str] = set()

    def blocks(self, tokens: list[Token]) -> tuple[Block, ...]:
        """Cut the text at its cells and tab blocks; the rest is text between them."""
        blocks: list[Block] = []
        done = 0
        for token in tokens:
            if token.level or not token.map:
                continue
            span = self.lines.span(*token.map)
            if token.type == "cell":
                block = Block("cell", span, self._cell(token, span))
            elif token.type == "tab_block_open":
                block = Block("tab_block", span, self._tab_block(token, span))
            elif token.type == "select":
                self.selected += selected_names(token.content)
                self.required_libs += required_libs(token.content)
                block = Block("select", span)
            elif token.type in ("front_matter", "stored_output"):
                block = Block(token.type, span)
            else:
                continue
            if done < span.start:
                blocks.append(Block("text", Span(done, span.start)))
            blocks.append(block)
            done = span.end
        if done < len(self.lines.text):
            blocks.append(Block("text", Span(done, len(self.lines.text))))
        return tuple(blocks)

    def _cell(self, token: Token, span: Span) -> Cell:
        first = token.map[0]
        head = read_head(token.info, token.content)
        if head.problem:
            message = f"the options of this cell cannot be read: {head.problem}"
            hint = "write one option on each line, such as :tags: [hide-input]"
            report(self.env, Finding(first + 1, "cell-options", message, hint))
        code = "\n".join(token.content.removesuffix("\n").split("\n")[head.options :])
        code_line = first + 1 + head.options
        names, line = head.frameworks, first
        if names is None and (pragma := framework_names(code)):
            names, line = pragma[0], code_line + pragma[1]
        if names is None:
            belongs = self.untagged
        elif names == ("all",):
            belongs = self.frameworks
        else:
            belongs = self._known(names, line)
        if not head.magic and has_branches(code):
            self._branches(code, code_line)
        cell = Cell(
            span=span,
            line=first + 1,
            code=code,
            pragma=names,
            frameworks=belongs,
            saved=is_saved(code),
            options=head.options,
            magic=head.magic,
            hide=self._hide(code, belongs),
            tags=head.tags,
        )
        # Renderers walk the tokens and look the cell up here.
        token.meta["cell"] = cell
        return cell

    def _branches(self, code: str, first: int) -> None:
        """Report what is wrong with the branches of a cell whose code begins at ``first``."""
        try:
            for name in names_in(code):
                self._known((name.name,), first + name.line, name.column)
        except UnreadableError as error:
            report(
                self.env,
                Finding(
                    first + error.line,
                    "unreadable-branch",
                    f"the branches of this cell are left as they are: {error.reason}",
                    "write if tab.selected('framework'): in valid Python",
                    error.column,
                ),
            )

    def _hide(self, code: str, frameworks: tuple[str, ...]) -> frozenset[str]:
        """Return what pages hide of a cell, by its own marks or an earlier ``#@hide_all``."""
        hide, rest = hidden(code)
        if rest:
            self.hidden.update(frameworks)
        if frameworks and self.hidden.issuperset(frameworks):
            return frozenset({INPUT, OUTPUT})
        return hide

    def _tab_block(self, token: Token, span: Span) -> TabBlock:
        names = tuple(token.meta["names"])
        line = token.map[0]
        belongs = self.frameworks if names == ("all",) else self._known(names, line)
        block = TabBlock(
            span=span,
            content=self.lines.span(*token.meta["content"]),
            line=line + 1,
            names=names,
            frameworks=belongs,
        )
        token.meta["block"] = block
        return block

    def _known(self, names: tuple[str, ...], line: int, column: int = 0) -> tuple[str, ...]:
        """Return the book's frameworks among ``names``, in its order; report the others."""
        for name in names:
            if name not in self.frameworks:
                report(
                    self.env,
                    Finding(
                        line,
                        "unknown-framework",
                        f"the book has no framework '{name}'",
                        did_you_mean(name, self.frameworks, "its frameworks are"),
                        column,
                    ),
                )
        return tuple(framework for framework in self.frameworks if framework in names)

    def front_matter(self, tokens: list[Token]) -> dict[str, Any]:
        """Return the YAML at the head of the chapter; report what is no mapping."""
        if not tokens or tokens[0].type != "front_matter":
            return {}
        try:
            data = yaml.safe_load(tokens[0].content)
        except yaml.YAMLError as error:
            at = getattr(error, "problem_mark", None)
            line = 1 + (at.line if at else 0)
            problem = getattr(error, "problem", None) or "it cannot be read"
            return self._no_front_matter(line, f"is no YAML: {problem}")
        except (ValueError, RecursionError) as error:
            # Such as a date with a 13th month: well-formed, yet no value.
            return self._no_front_matter(0, f"cannot be read: {error}")
        if data is None or isinstance(data, dict):
            return data or {}
        return self._no_front_matter(0, "is no mapping of keys to values")

    def _no_front_matter(self, line: int, problem: str) -> dict[str, Any]:
        report(self.env, Finding(line, "front-matter", f"the front matter {problem}"))
        return {}

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Return what the rules and this reading found, by line."""
        found = [
            Diagnostic(
                self.path,
                finding.line + 1,
                finding.column + 1,
                finding.code,
                finding.message,
                finding.suggestion,
                finding.severity,
            )
            for finding in reported(self.env)
        ]
        return tuple(sorted(found))
