"""What decides how a page looks: pages are written again exactly when that changes.

Sphinx knows from which files a page was read. What the page takes from others, the numbers and
titles of what it refers to, its neighbours, the works that it cites, is noted when it is read
and looked up when the site is written.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from polybook.publish.skeleton import skeletons

LOGGER = logging.getLogger(__name__)
PAGE_FACTS = "polybook-page-facts"
"""Event with a page's name: parts of the extension return what else decides how it looks."""

Reference = tuple[str, str, str]


def setup_page_key(app: Sphinx) -> None:
    """Note the references of each page when it is read."""
    app.add_event(PAGE_FACTS)
    # After every transformation that makes references.
    app.connect("doctree-read", _note, priority=990)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)


def references(env: BuildEnvironment) -> dict[str, list[Reference]]:
    """Return the references of each page: domain, role and target."""
    if not hasattr(env, "polybook_references"):
        env.polybook_references = {}  # type: ignore[attr-defined]
    return env.polybook_references  # type: ignore[attr-defined, no-any-return]


def _note(app: Sphinx, doctree: nodes.document) -> None:
    found = {
        (str(node.get("refdomain") or ""), str(node["reftype"]), str(node.get("reftarget") or ""))
        for node in doctree.findall(addnodes.pending_xref)
    }
    references(app.env)[app.env.docname] = sorted(found)


def _purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    references(env).pop(docname, None)


def _merge(app: Sphinx, env: BuildEnvironment, docnames: list[str], other: Any) -> None:
    references(env).update({name: references(other).get(name, []) for name in docnames})


def _works_domain(env: BuildEnvironment) -> Any:
    """Return the domain of sphinxcontrib-bibtex; None if the book does not cite."""
    return next((each for each in env.domains.values() if each.name == "cite"), None)


def lists_of_works(env: BuildEnvironment) -> set[str]:
    """Return the pages that list the works which the book cites."""
    return {key.docname for key in getattr(_works_domain(env), "bibliographies", ())}


def digest(*facts: object) -> str:
    """Return a short digest of facts whose ``repr`` tells them apart."""
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]


class PageKeys:
    """The keys of all pages, for one build.

    Args:
        app: The application, with all pages read.
        relations: Parent, predecessor and successor of each page.
        common: What all pages share.
    """

    def __init__(self, app: Sphinx, relations: dict[str, list[str | None]], common: object) -> None:
        self.app, self.env, self.relations, self.common = app, app.env, relations, common

    def key(self, docname: str) -> str:
        """Return the digest of everything that decides how the page looks."""
        env = self.env
        # Written anew whenever the page is read.
        tree = os.stat(Path(self.app.doctreedir) / f"{docname}.doctree")
        return digest(
            self.common,
            (tree.st_mtime_ns, tree.st_size),
            self._numbers(docname),
            self._around(docname),
            [self._seen(reference) for reference in references(env).get(docname, ())],
            [self._contents(below) for below in self._below(docname)],
            self._pictures.get(docname, ()),
            self._citations if docname in self._lists_of_works else (),
            self.app.emit(PAGE_FACTS, docname),
        )

    def _numbers(self, docname: str) -> object:
        env = self.env
        return env.toc_secnumbers.get(docname), env.toc_fignumbers.get(docname)

    def _title(self, docname: str | None) -> object:
        if docname not in self.env.titles:
            return None
        number = self.env.toc_secnumbers.get(docname, {}).get("")
        return docname, self.env.titles[docname].astext(), number

    def _around(self, docname: str) -> list[object]:
        """Return what the page says of its neighbours and of the pages above it."""
        parent, before, after = self.relations.get(docname, (None, None, None))
        around = [self._title(before), self._title(after)]
        while parent:
            around.append(self._title(parent))
            parent = self.relations.get(parent, (None,))[0]
        return around

    def _below(self, docname: str) -> Iterator[str]:
        """Yield the pages below this one, which its lists of contents name."""
        waiting, seen = [docname], {docname}
        while waiting:
            for name in self.env.toctree_includes.get(waiting.pop(), ()):
                if name not in seen:
                    seen.add(name)
                    waiting.append(name)
                    yield name

    def _contents(self, docname: str) -> object:
        if docname not in self._headings:
            shown = self.env.tocs[docname].astext() if docname in self.env.tocs else None
            self._headings[docname] = (
                self._title(docname),
                shown,
                self.env.toc_secnumbers.get(docname),
            )
        return self._headings[docname]

    @cached_property
    def _headings(self) -> dict[str, object]:
        return {}

    @cached_property
    def _pictures(self) -> dict[str, list[object]]:
        """The pictures of each page with the time and size of their files."""
        found: dict[str, list[object]] = {}
        for name, (docnames, place) in sorted(self.env.images.items()):
            try:
                stat = os.stat(Path(self.env.srcdir) / name)
                state = (name, place, stat.st_mtime_ns, stat.st_size)
            except OSError:
                state = (name, place, 0, 0)
            for docname in docnames:
                found.setdefault(docname, []).append(state)
        return found

    def _seen(self, reference: Reference) -> object:
        """Return what a reader sees of the target of a reference."""
        domain, role, target = reference
        if domain == "std" and role in ("ref", "numref", "keyword"):
            return self._label(target.lower()) or self._label(target)
        if domain == "std" and role == "doc":
            return self._title(target)
        if domain == "math":
            return self._equation(target)
        if domain == "cite":
            return self._works(target)
        return self._domain(domain)

    def _label(self, name: str) -> object:
        standard = self.env.get_domain("std")
        found = standard.labels.get(name) or standard.anonlabels.get(name)
        return found and (*found, self._number(found[0], found[1]))

    def _number(self, docname: str, anchor: str) -> object:
        sections = self.env.toc_secnumbers.get(docname, {})
        kinds = self.env.toc_fignumbers.get(docname, {})
        figures = {kind: each[anchor] for kind, each in kinds.items() if anchor in each}
        # A heading is known by the first of its anchors; the label is another.
        node = skeletons(self.env)[docname].ids.get(anchor) if docname in self.env.titles else None
        first = node["ids"][0] if isinstance(node, nodes.section) else anchor
        return sections.get(f"#{first}", sections.get("")), figures

    def _equation(self, label: str) -> object:
        found = self.env.get_domain("math").equations.get(label)
        return found and (*found, self._number(found[0], f"equation-{nodes.make_id(label)}"))

    def _works(self, target: str) -> object:
        keys = [each.strip() for each in target.split(",")]
        if all(key in self._citations for key in keys):
            return [self._citations[key] for key in keys]
        # With words before and after its keys, or one that no list has.
        return self._citations

    @cached_property
    def _works_domain(self) -> Any:
        return _works_domain(self.env)

    @cached_property
    def _lists_of_works(self) -> set[str]:
        return lists_of_works(self.env)

    @cached_property
    def _citations(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for each in getattr(self._works_domain, "citations", ()):
            work = (
                each.bibliography_key.docname,
                each.citation_id,
                each.formatted_entry.label,
                str(each.formatted_entry.text),
                repr(each.entry),
            )
            found[each.key] = found.get(each.key, "") + digest(work)
        return found

    @cached_property
    def _titles_digest(self) -> str:
        standard = self.env.get_domain("std")
        titles = [self._title(name) for name in sorted(self.env.titles)]
        numbers = [self._numbers(name) for name in sorted(self.env.titles)]
        return digest(
            titles, numbers, sorted(standard.labels.items()), sorted(standard.anonlabels.items())
        )

    def _domain(self, name: str) -> object:
        """Return a digest of all that a domain knows: it alone can tell which part counts."""
        if name not in self._domains:
            known: Iterable[str] = [name] if name in self.env.domains else list(self.env.domains)
            objects = [sorted(map(repr, self.env.get_domain(each).get_objects())) for each in known]
            self._domains[name] = digest(objects, self._titles_digest)
        return self._domains[name]

    @cached_property
    def _domains(self) -> dict[str, str]:
        return {}
