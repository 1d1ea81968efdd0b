"""Makes Sphinx count as the book does: see :mod:`polybook.book.numbering`."""

from __future__ import annotations

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx_external_toc.collectors import TocTreeCollectorWithStyles

from polybook.book.numbering import SECTION_DEPTH
from polybook.source import UNNUMBERED


def setup_numbers(app: Sphinx) -> None:
    """Number figures, tables and equations within sections, equations like figures."""
    app.connect("config-inited", _set_numbers)
    app.connect("builder-inited", _count_afresh)
    # Sphinx's own collector, at 500, makes the page's contents and counts.
    app.connect("doctree-read", _mark_unnumbered, priority=600)
    app.connect("env-get-updated", _hide_unnumbered, priority=400)
    app.connect("env-get-updated", _show_unnumbered, priority=600)


def _set_numbers(app: Sphinx, config: Config) -> None:
    # The numbers in notebooks, in `polybook inspect` and on pages are one
    # system, so these are no matter of taste.
    config.numfig = True
    config.numfig_secnum_depth = SECTION_DEPTH
    config.math_numfig = True
    config.math_number_all = True


class _Counter(TocTreeCollectorWithStyles):
    """Counts the same however often it is asked to."""

    def assign_section_numbers(self, env: BuildEnvironment) -> list[str]:
        """Number all sections and return the pages whose numbers are other than before."""
        before = env.toc_secnumbers
        _forget(env)
        # One that has counted goes on where it stopped.
        TocTreeCollectorWithStyles().assign_section_numbers(env)
        # What it returns compares the letters of before with numbers that have no style yet.
        return [name for name, now in env.toc_secnumbers.items() if now != before.get(name)]


def _forget(env: BuildEnvironment) -> None:
    """Take all numbers away: a page that has lost its own would be counted as if it had one."""
    for docname, title in env.titles.items():
        if title.attributes.pop("secnumber", None) and docname in env.tocs:
            for reference in env.tocs[docname].findall(nodes.reference):
                reference.attributes.pop("secnumber", None)


def _count_afresh(app: Sphinx) -> None:
    for listener in list(app.events.listeners["env-get-updated"]):
        collector = getattr(listener.handler, "__self__", None)
        if type(collector) is TocTreeCollectorWithStyles:
            collector.disable(app)
            app.add_env_collector(_Counter)


def _mark_unnumbered(app: Sphinx, doctree: nodes.document) -> None:
    """Mark the page's headings that ask for no number, and those below them, in its contents."""
    # The first heading is the page's title, whose number is that of its entry.
    sections = list(doctree.findall(nodes.section))[1:]
    anchors = {
        f"#{inner['ids'][0]}"
        for section in sections
        if UNNUMBERED in section["classes"]
        for inner in section.findall(nodes.section)
        if inner["ids"]
    }
    if not anchors:
        return
    for entry in app.env.tocs[app.env.docname].findall(addnodes.compact_paragraph):
        if _anchor(entry) in anchors:
            entry[UNNUMBERED] = True


def _hide_unnumbered(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Take the marked entries away while sections are counted.

    Sphinx would skip them by an attribute, but the counting of Jupyter Book,
    which takes its place, knows none.
    """
    for docname, contents in env.tocs.items():
        for entry in list(contents.findall(addnodes.compact_paragraph)):
            if entry.get(UNNUMBERED):
                place = nodes.comment()
                place[UNNUMBERED] = entry
                entry.replace_self(place)
                env.toc_secnumbers.get(docname, {}).pop(_anchor(entry), None)
    return []


def _show_unnumbered(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Put the entries back, with no number: without any they would get the page's."""
    for docname, contents in env.tocs.items():
        for place in list(contents.findall(nodes.comment)):
            if entry := place.get(UNNUMBERED):
                place.replace_self(entry)
                env.toc_secnumbers.get(docname, {})[_anchor(entry)] = ()
    return []


def _anchor(entry: nodes.Element) -> str:
    return str(entry[0]["anchorname"])
