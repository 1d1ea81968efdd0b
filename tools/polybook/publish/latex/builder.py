"""Sphinx's builder of LaTeX for an edition: a file per page, and one that holds them together."""

from __future__ import annotations

import posixpath
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs
from docutils import nodes
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders.latex import LaTeXBuilder
from sphinx.builders.latex.theming import Theme
from sphinx.builders.latex.util import ExtBabel
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.parallel import ParallelTasks

from polybook.publish.contents import Entry, read_contents
from polybook.publish.highlighting import Highlighter
from polybook.publish.latex.addresses import BUILDER
from polybook.publish.latex.book_index import index_symbols, index_terms
from polybook.publish.latex.footnotes import drop_rules, number_footnotes
from polybook.publish.latex.imprint import imprint_lines
from polybook.publish.latex.language import Language, language_of
from polybook.publish.latex.named_blocks import mark_named_blocks
from polybook.publish.latex.translator import PageTranslator
from polybook.publish.panel import EDITION
from polybook.publish.project import project_of
from polybook.publish.words import pgettext

LOGGER = logging.getLogger(__name__)
NAME = BUILDER
MAIN = "book.tex"
INDEX_STYLE = "polybook.ist"
_STYLES = ("polybook.sty", "polybookcodes.sty")
_FOLDER = Path(__file__).parent
# It changes what every LaTeX builder writes, for a class of its own.
_FOREIGN = "sphinx_jupyterbook_latex"


def setup_latex(app: Sphinx) -> None:
    """Add the builder of editions in LaTeX."""
    app.add_builder(EditionBuilder)


@attrs.frozen
class Placed:
    """A page at its place in an edition.

    Attributes:
        docname: The page.
        depth: How many pages stand above it.
        part: The part that begins with it; empty if none does.
    """

    docname: str
    depth: int
    part: str = ""


class EditionBuilder(LaTeXBuilder):
    """Writes the LaTeX of an edition.

    Attributes:
        highlighter: Highlights code.
        pictures: How many pictures its pages show.
    """

    highlighter: Highlighter
    pictures = 0
    name = NAME
    format = "latex"
    epilog = ""

    def __init__(self, app: Sphinx, env: Any) -> None:
        _unhook(app)
        super().__init__(app, env)

    def init_babel(self) -> None:
        """Say nothing of languages that babel lacks: our file tells TeX the language."""
        self.babel = ExtBabel(self.config.language, False)
        self.babel.supported = True

    def init(self) -> None:
        """Prepare."""
        super().init()
        self.highlighter = Highlighter(
            "latex", self.config.pygments_style, latex_engine=self.config.latex_engine
        )

    def placed(self) -> list[Placed]:
        """Return the pages in the order in which they are read."""
        found = [Placed(self.config.root_doc, 0)]
        for part in read_contents(self.env, lambda title: title.astext()):
            caption = part.caption
            for entry in part.entries:
                for page in _pages(entry, 0):
                    found.append(attrs.evolve(page, part=caption))
                    caption = ""
        return found

    def write(self, *ignored: Any) -> None:
        """Write the pages, and the file that inputs them."""
        pages = self.placed()
        self.docnames = [page.docname for page in pages]
        self.write_stylesheet()
        self.copy_support_files()
        folder = Path(self.outdir)
        # Made ready here: each process that writes would compile the lexer's expressions anew.
        self.highlighter.highlight_block("", "ipython3")
        if self.app.parallel > 1:
            tasks = ParallelTasks(self.app.parallel)
            for chapter in _chapters(pages):
                tasks.add_task(self._write_chapter, chapter, self._take_pictures)
            tasks.join()
        else:
            for chapter in _chapters(pages):
                self._take_pictures(chapter, self._write_chapter(chapter))
        self._write_main(folder, pages)

    def _write_chapter(self, pages: Sequence[Placed]) -> tuple[dict[str, str], int]:
        """Write the pages of a chapter, perhaps in a process of its own.

        Returns:
            The files of the pictures, and how many pictures the pages show.
        """
        theme = Theme("manual")
        shown, note = 0, 1
        for page in pages:
            tree = self._resolved(page)
            if project_of(self.app).paper.links == "footnotes":
                # There are more than on the website, which counts those of each of its pages.
                note = number_footnotes(tree, note)
            # The writer leaves out those that lie on some server.
            shown += sum("://" not in each["uri"] for each in tree.findall(nodes.image))
            target = Path(self.outdir, tex_file(page.docname))
            target.parent.mkdir(parents=True, exist_ok=True)
            translator = PageTranslator(tree, self, theme, page.docname, page.depth)
            tree.walkabout(translator)
            target.write_text("".join(translator.body).strip() + "\n", encoding="utf-8")
        return self.images, shown

    def _take_pictures(self, _: Sequence[Placed], found: tuple[dict[str, str], int]) -> None:
        images, shown = found
        self.images.update(images)
        self.pictures += shown

    def _resolved(self, page: Placed) -> nodes.document:
        """Return the tree of a page as the edition shows it."""
        tree = self.env.get_doctree(page.docname)
        for node in [*tree.findall(addnodes.toctree), *tree.findall(_is_foreign)]:
            node.parent.remove(node)
        tree["docname"] = page.docname
        self.env.resolve_references(tree, page.docname, self)
        drop_rules(tree)
        mark_named_blocks(tree)
        self.post_process_images(tree)
        self._index(tree, page.docname)
        return tree

    def _index(self, tree: nodes.document, docname: str) -> None:
        """Note at a page's nodes what the index says of them."""
        index_terms(tree, self.env)
        project = project_of(self.app)
        page = project.book.page(docname) if project.book else None
        library = project.libraries.get(self.config[EDITION])
        if page is not None and library is not None:
            index_symbols(tree, page.path, library, self.escape)

    def _write_main(self, folder: Path, pages: Sequence[Placed]) -> None:
        book = project_of(self.app).book
        framework = self.config[EDITION]
        config = book.config if book else None
        shown = config.framework(framework).title if config and framework else ""
        language: Language = language_of(self.config.language)
        templates = Environment(
            loader=FileSystemLoader(_FOLDER),
            block_start_string="<%",
            block_end_string="%>",
            variable_start_string="<<",
            variable_end_string=">>",
            undefined=StrictUndefined,
            keep_trailing_newline=True,
            trim_blocks=True,
        )
        text = templates.get_template("book.tex.jinja").render(
            title=self.escape(config.title if config else self.config.project),
            author=self.escape(config.author if config else self.config.author),
            imprint=imprint_lines(config, shown) if config else [],
            edition=self.escape(shown),
            paper=project_of(self.app).paper,
            language=language,
            pages=pages,
            file=lambda page: tex_file(page.docname).removesuffix(".tex"),
            indexed=any(
                r"\index{" in (folder / tex_file(page.docname)).read_text("utf-8") for page in pages
            ),
            numbered=self._is_numbered_chapter,
            symbols=_("Symbols"),
            escape=self.escape,
            contents=pgettext("book", "Contents"),
            _=_,
        )
        (folder / MAIN).write_text(text, encoding="utf-8")
        style = (_FOLDER / INDEX_STYLE).read_text(encoding="utf-8")
        order = f'icu_locale "{language.code}"\n'
        (folder / INDEX_STYLE).write_text(style + order, encoding="utf-8")
        for style in _STYLES:
            shutil.copyfile(_FOLDER / style, folder / style)

    def _is_numbered_chapter(self, page: Placed) -> bool:
        return not page.depth and bool(self.env.toc_secnumbers.get(page.docname, {}).get(""))

    def escape(self, text: str) -> str:
        """Return text for LaTeX."""
        from sphinx.util import texescape

        return texescape.escape(text, "xelatex")

    def finish(self) -> None:
        """Copy the pictures."""
        self.copy_image_files()
        self.write_message_catalog()


def tex_file(docname: str) -> str:
    """Return where the LaTeX of a page lies; TeX wants no blanks in names."""
    return posixpath.join("pages", docname.replace(" ", "_") + ".tex")


def _chapters(pages: Iterable[Placed]) -> list[list[Placed]]:
    """Return the pages by the one that stands above them all."""
    chapters: list[list[Placed]] = []
    for page in pages:
        if page.depth == 0:
            chapters.append([])
        chapters[-1].append(page)
    return chapters


def _pages(entry: Entry, depth: int) -> Iterator[Placed]:
    if entry.docname:
        yield Placed(entry.docname, depth)
    for child in entry.children:
        yield from _pages(child, depth + 1)


def _is_foreign(node: nodes.Node) -> bool:
    return type(node).__module__.partition(".")[0] == _FOREIGN


def _unhook(app: Sphinx) -> None:
    """Take back what Jupyter Book's extension for LaTeX does to each LaTeX builder."""
    for listener in list(app.events.listeners.get("builder-inited", ())):
        if listener.handler.__module__.startswith(_FOREIGN):
            app.disconnect(listener.id)
    transforms: Iterable[type] = app.registry.post_transforms
    app.registry.post_transforms[:] = [
        each for each in transforms if not each.__module__.startswith(_FOREIGN)
    ]
