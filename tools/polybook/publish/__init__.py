"""The Sphinx extension: chapters and stored outputs to pages.

Add ``polybook.publish`` to ``sphinx: extra_extensions`` in ``_config.yml``;
then ``polybook build html`` and a plain ``jupyter-book build`` render the
same book.
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

from polybook import __version__


def setup(app: Sphinx) -> dict[str, Any]:
    """Set up each part of the extension."""
    from polybook.publish.api import setup_api
    from polybook.publish.assets import setup_assets
    from polybook.publish.autodoc import setup_autodoc
    from polybook.publish.builder import setup_builder
    from polybook.publish.citation import setup_citation
    from polybook.publish.code_links import setup_code_links
    from polybook.publish.copy_button import setup_copy_button
    from polybook.publish.disclosure import setup_disclosure
    from polybook.publish.discussion import setup_discussion
    from polybook.publish.edition import setup_edition
    from polybook.publish.epub import setup_epub
    from polybook.publish.frameworks import setup_frameworks
    from polybook.publish.freshness import setup_freshness
    from polybook.publish.head import setup_head
    from polybook.publish.hidden_cells import setup_hidden_cells
    from polybook.publish.images import setup_images
    from polybook.publish.known_symbols import setup_known_symbols
    from polybook.publish.latex.addresses import setup_addresses
    from polybook.publish.latex.builder import setup_latex
    from polybook.publish.latex.markdown_table import setup_markdown_table
    from polybook.publish.latex.output_form import setup_output_form
    from polybook.publish.latex.picture_size import setup_picture_size
    from polybook.publish.latex.pictures import setup_pictures
    from polybook.publish.latex.text_output import setup_text_output
    from polybook.publish.markup import setup_markup
    from polybook.publish.mathematics import setup_mathematics
    from polybook.publish.numbers import setup_numbers
    from polybook.publish.page_key import setup_page_key
    from polybook.publish.page_links import setup_page_links
    from polybook.publish.panel import setup_panel
    from polybook.publish.parallel import setup_parallel
    from polybook.publish.parser import setup_parser
    from polybook.publish.preview import setup_preview
    from polybook.publish.punctuation import setup_punctuation
    from polybook.publish.root_page import setup_root_page
    from polybook.publish.scripts import setup_scripts
    from polybook.publish.search_build import setup_search
    from polybook.publish.skeleton import setup_skeleton
    from polybook.publish.take_home import setup_take_home
    from polybook.publish.task_list import setup_task_list
    from polybook.publish.theme import setup_theme
    from polybook.publish.unexecuted import setup_unexecuted
    from polybook.publish.words import setup_words

    setup_words(app)
    app.setup_extension("myst_nb")
    app.setup_extension("sphinx_design")
    setup_parser(app)
    setup_page_key(app)
    setup_builder(app)
    setup_parallel(app)
    setup_skeleton(app)
    setup_numbers(app)
    setup_api(app)
    setup_autodoc(app)
    setup_known_symbols(app)
    setup_citation(app)
    setup_unexecuted(app)
    setup_take_home(app)
    setup_discussion(app)
    setup_page_links(app)
    setup_head(app)
    setup_freshness(app)
    setup_assets(app)
    setup_mathematics(app)
    setup_punctuation(app)
    setup_code_links(app)
    setup_copy_button(app)
    setup_preview(app)
    setup_edition(app)
    setup_epub(app)
    setup_panel(app)
    setup_frameworks(app)
    setup_images(app)
    setup_output_form(app)
    setup_text_output(app)
    setup_markdown_table(app)
    setup_picture_size(app)
    setup_pictures(app)
    setup_markup(app)
    setup_disclosure(app)
    setup_hidden_cells(app)
    setup_task_list(app)
    setup_theme(app)
    setup_root_page(app)
    setup_search(app)
    setup_scripts(app)
    setup_addresses(app)
    setup_latex(app)
    return {
        "version": __version__,
        # Raised when pages that an older version has read lack something.
        "env_version": 3,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
