"""The Sphinx parser: reads chapters directly, without intermediate sources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from markdown_it.token import Token
from myst_nb.core.execute.base import NotebookClientBase
from myst_nb.core.loggers import SphinxDocLogger
from myst_nb.core.render import load_renderer
from myst_nb.sphinx_ import Parser as MystNbParser
from myst_parser.config.main import merge_file_level
from myst_parser.warnings_ import create_warning
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging

from polybook.book import Page
from polybook.book.ipynb import SUFFIX
from polybook.book.lint import Ignores
from polybook.publish.outputs import PageOutputs, page_outputs
from polybook.publish.project import Project, project_of
from polybook.publish.renderer import ChapterRenderer
from polybook.publish.tabs import arrange
from polybook.source import Cell, create_parser

LOGGER = logging.getLogger(__name__)


def setup_parser(app: Sphinx) -> None:
    """Let polybook's parser read Markdown and notebooks in place of MyST-NB's."""
    app.add_source_parser(ChapterParser)
    app.add_source_suffix(".md", "polybook", override=True)
    app.add_source_suffix(SUFFIX, "polybook", override=True)
    app.connect("config-inited", _need_mathematics)
    app.connect("config-inited", _leave_hidden_folders)


def _leave_hidden_folders(app: Sphinx, config: Config) -> None:
    # A virtual environment in the book's folder holds many a README.md, which
    # Jupyter Book's `only_build_toc_files` overlooks when its folder is hidden.
    config.exclude_patterns += [".*", "**/.*"]


def _need_mathematics(app: Sphinx, config: Config) -> None:
    # The dialect's formulas, also displayed ones inside a paragraph; the rest
    # of MyST's settings are the book's.
    config.myst_enable_extensions = {*config.myst_enable_extensions, "dollarmath"}
    config.myst_dmath_double_inline = True


class ChapterParser(MystNbParser):
    """Renders the parsed chapter, joined with its stored outputs.

    Files that are no chapter of the book, and books without frameworks, are
    left to MyST-NB.
    """

    supported = ("polybook",)

    def parse(self, inputstring: str, document: nodes.document) -> None:
        """Add the page to ``document``."""
        env = document.settings.env
        project = project_of(env)
        page = project.book.page(env.docname) if project.book else None
        if page is None or document.current_source.endswith("<translated>"):
            super().parse(inputstring, document)
            return
        if _is_changed(page, inputstring):
            # An extension has changed the source (`source-read`); what it
            # made is the chapter to render.
            page = project.reparsed(page, inputstring)
        # A plain `jupyter-book build` has not asked `polybook check`.
        for finding in Ignores(project.book).keep(page.chapter.diagnostics):
            LOGGER.warning(
                "%s [%s]", finding.message, finding.code, location=(env.docname, finding.line)
            )
        _render(page, project, document)


def _is_changed(page: Page, given: str) -> bool:
    """Compare without line ends and byte order mark, which Sphinx takes away."""
    chapter = page.chapter.text
    if chapter == given or page.path.endswith(SUFFIX):
        return False
    plain = chapter.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    return plain.rstrip("\n") != given.rstrip("\n")


def _render(page: Page, project: Project, document: nodes.document) -> None:
    env = document.settings.env
    outputs = page_outputs(project.book, page, project.executed(page))

    def warn(kind: Any, message: str) -> None:
        create_warning(document, message, kind, line=1, append_to=document)

    config = env.myst_config
    if page.chapter.front_matter:
        config = merge_file_level(config, dict(page.chapter.front_matter), warn)
    parser = create_parser(config, ChapterRenderer)
    renderer: ChapterRenderer = parser.renderer  # type: ignore[assignment]
    parser.options["document"] = document
    parser.options["nb_config"] = env.mystnb_config
    parser.options["frameworks"] = {
        framework.name: framework.title for framework in project.book.config.frameworks
    }
    parser.options["equations"] = {
        name: target.names[0]
        for other in project.book.pages
        for target in other.chapter.targets
        if target.kind == "equation"
        for name in target.names[1:]
    }
    logger = SphinxDocLogger(document)
    document.attributes["nb_renderer"] = load_renderer(env.mystnb_config.render_plugin)(
        renderer, logger
    )
    md_env = dict(page.chapter.env)
    tokens = [
        Token("nb_initialise", "", 0, map=[0, 0]),
        *page_tokens(page, outputs),
        Token("nb_finalise", "", 0, map=[0, 0]),
    ]
    path = Path(env.doc2path(env.docname))
    client = NotebookClientBase(outputs.notebook, path, env.mystnb_config, logger)
    with client as parser.options["nb_client"]:
        renderer.render(tokens, parser.options, md_env)
    document.attributes.pop("nb_renderer")
    for key, (uri, kwargs) in document.attributes.pop("nb_js_files", {}).items():
        # Widgets and the like ask for scripts of their own.
        env.nb_metadata[env.docname].setdefault("js_files", {})[key] = (uri, kwargs)


def page_tokens(page: Page, outputs: PageOutputs) -> list[Token]:
    """Return the tokens of a page: the chapter's, with tab sets, code and outputs."""

    def differ(cell: Cell) -> bool:
        return outputs.differ(cell, page.frameworks)

    def cell_tokens(cell: Cell, framework: str, part: str) -> list[Token]:
        at = outputs.index.get((cell.line, framework))
        if at is None:
            return []
        tags = [*cell.tags, *(f"hide-{what}" for what in sorted(cell.hide))]
        tags += {"source": ["remove-output"], "output": ["remove-input"]}.get(part, [])
        if part == "output" and not outputs.outputs(cell, framework):
            return []
        return [
            Token(
                "nb_cell_code",
                "code",
                0,
                content=outputs.notebook.cells[at]["source"],
                map=[cell.line - 1, cell.line],
                meta={"index": at, "metadata": {"tags": tags}},
            )
        ]

    return arrange(page.chapter.tokens, page.frameworks, outputs.source, differ, cell_tokens)
