"""A page says for which frameworks its cells stand without up-to-date outputs."""

from __future__ import annotations

from collections.abc import Mapping

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import _

from polybook.notebook import code_cells
from polybook.publish.project import project_of

_CLASS = "polybook-unexecuted"


def setup_unexecuted(app: Sphinx) -> None:
    """Mark pages whose notebooks were not executed here."""
    app.connect("doctree-read", _mark)


def _mark(app: Sphinx, doctree: nodes.document) -> None:
    """Put a sentence under the title of a page of which some run is not in the store."""
    project = project_of(app)
    page = project.book.page(app.env.docname) if project.book else None
    section = next(doctree.findall(nodes.section), None)
    # A notebook that is a chapter brings its outputs along.
    if project.book is None or page is None or section is None or page.outputs:
        return
    executed = project.shown(page)
    titles = {
        name: project.book.config.framework(name).title
        for name in page.frameworks
        if name not in executed and code_cells(project.book, page, name)
    }
    if not titles:
        return
    title_at = section.first_child_matching_class(nodes.title)
    section.insert(0 if title_at is None else title_at + 1, unexecuted_note(titles))


def unexecuted_note(titles: Mapping[str, str]) -> nodes.paragraph:
    """Return the sentence for frameworks with these titles, by name."""
    text = _("Not executed here: %(frameworks)s. The code is shown without its output.") % {
        "frameworks": _(", ").join(titles.values())
    }
    return nodes.paragraph(text, text, classes=[_CLASS], titles=dict(titles))


def unexecuted_notes(tree: nodes.Element) -> list[nodes.paragraph]:
    """Return the sentences of that kind in a page."""
    return [node for node in tree.findall(nodes.paragraph) if _CLASS in node["classes"]]
