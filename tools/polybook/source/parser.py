"""Reading one chapter: the only place where Markdown is parsed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML, RendererProtocol
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from polybook.source import inline
from polybook.source.chapter import Block, Cell, Chapter, MarkLine, TabBlock
from polybook.source.diagnostic import Diagnostic
from polybook.source.directive import with_bodies
from polybook.source.lines import Lines, Span
from polybook.source.pragma import framework_names, is_saved
from polybook.source.rules import dialect_plugin
from polybook.source.rules.attach import MARKS
from polybook.source.rules.finding import Finding, report, reported
from polybook.source.suggestion import did_you_mean
from polybook.source.target import collect_targets

# What Jupyter Book enables when a book does not say otherwise.
MYST_EXTENSIONS = frozenset({"colon_fence", "dollarmath", "linkify", "substitution", "tasklist"})


def create_parser(
    config: MdParserConfig, renderer: Callable[[MarkdownIt], RendererProtocol] = RendererHTML
) -> MarkdownIt:
    """Return a MyST parser that also reads the d2l dialect."""
    return create_md_parser(config, renderer).use(dialect_plugin)


def default_config() -> MdParserConfig:
    """Return the MyST settings of a book that sets none."""
    return MdParserConfig(enable_extensions=set(MYST_EXTENSIONS), dmath_double_inline=True)


def parse(
    text: str,
    path: str = "chapter.md",
    frameworks: Sequence[str] = (),
    config: MdParserConfig | None = None,
) -> Chapter:
    """Parse one chapter; never raises on any text.

    Args:
        text: The chapter, as read from its file.
        path: Its path relative to the book, for diagnostics.
        frameworks: The book's frameworks in order; the first is the default,
            to which a cell without a pragma belongs.
        config: MyST settings; those of Jupyter Book by default.

    Returns:
        The chapter. What is wrong in it stands in ``Chapter.diagnostics``.
    """
    lines = Lines(text)
    env: dict[str, Any] = {}
    parser = create_parser(config or default_config())
    # A byte order mark is no text; it would hide the front matter or the title.
    tokens = parser.parse(text.removeprefix("\ufeff"), env)
    reading = _Reading(path, lines, tuple(frameworks), env)
    blocks = reading.blocks(tokens)
    every = with_bodies(tokens, parser, env)
    found = inline.scan(every, lines, env)
    return Chapter(
        path=path,
        text=text,
        lines=lines,
        front_matter=reading.front_matter(tokens),
        blocks=blocks,
        targets=collect_targets(every, lines),
        references=found.references,
        images=found.images,
        marks=tuple(MarkLine(key, value, lines.span(*at)) for key, value, at in env.get(MARKS, [])),
        tokens=tuple(tokens),
        env=env,
        diagnostics=reading.diagnostics(),
    )


class _Reading:
    """The state of one ``parse``."""

    def __init__(
        self, path: str, lines: Lines, frameworks: tuple[str, ...], env: dict[str, Any]
    ) -> None:
        self.path, self.lines, self.frameworks, self.env = path, lines, frameworks, env

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
            elif token.type == "front_matter":
                block = Block("front_matter", span)
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
        pragma = framework_names(token.content)
        names = pragma[0] if pragma else None
        if names is None:
            belongs = self.frameworks[:1]
        elif names == ("all",):
            belongs = self.frameworks
        else:
            belongs = self._known(names, first + 1 + pragma[1])
        cell = Cell(
            span=span,
            line=first + 1,
            code=token.content.removesuffix("\n"),
            pragma=names,
            frameworks=belongs,
            saved=is_saved(token.content),
        )
        # Renderers walk the tokens and look the cell up here.
        token.meta["cell"] = cell
        return cell

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

    def _known(self, names: tuple[str, ...], line: int) -> tuple[str, ...]:
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
            )
            for finding in reported(self.env)
        ]
        return tuple(sorted(found))
