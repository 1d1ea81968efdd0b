"""Symbols of a library to nodes, as Sphinx's Python domain shows objects."""

from __future__ import annotations

import re
from collections.abc import Callable

import attrs
from docutils import nodes
from sphinx import addnodes
from sphinx.environment import BuildEnvironment
from sphinx.locale import _

from polybook.book import Book
from polybook.library import Library, Symbol
from polybook.library.description import Description
from polybook.publish.docstring import docstring_nodes
from polybook.publish.known_symbols import Described, described_on

_INVALID = re.compile(r"[^\w.-]+")
_OBJECT_TYPES = {"property": "property", "data": "data"}


def api_id(framework: str, qualified: str) -> str:
    """Return the anchor of a symbol on the API page, such as ``api-alpha-Trainer.fit``."""
    return "api-" + _INVALID.sub("-", f"{framework}-{qualified}")


@attrs.define
class SymbolWriter:
    """Writes the symbols of one library into one document.

    Attributes:
        book: The book, for the sections that define them.
        env: Sphinx's environment.
        document: The page.
        library: The library.
        anchor: Returns the anchor for a qualified name.
        says_where: Whether each symbol names its section.
    """

    book: Book
    env: BuildEnvironment
    document: nodes.document
    library: Library
    anchor: Callable[[str], str]
    says_where: bool = True

    def write(self, found: Description, members: Callable[[str], bool]) -> list[nodes.Node]:
        """Return the nodes of a symbol, with those of its members that ``members`` chooses."""
        chosen = [each for each in found.members if members(each.symbol.name)]
        return self._object(found, None, chosen)

    def _object(
        self, found: Description, owner: Description | None, members: list[Description]
    ) -> list[nodes.Node]:
        kind = _OBJECT_TYPES.get(found.kind, found.kind)
        body = addnodes.desc(domain="py", objtype=kind, desctype=kind, classes=["py", kind])
        # Older and newer names of the same thing.
        body["noindex"] = body["no-index"] = False
        signature = self._signature(found)

        self._note(found.symbol, kind, signature)
        body += signature
        content = addnodes.desc_content()
        if found.bases:
            bases: list[nodes.Node] = []
            for number, base in enumerate(found.bases):
                bases += [nodes.Text(", ")] if number else []
                bases.append(nodes.literal(base, base))
            content += _sentence(_("Bases: %s"), bases, "polybook-bases")
        content += list(docstring_nodes(found.docstring, self._label))
        elsewhere = owner is not None and _section(owner.symbol) != _section(found.symbol)
        if elsewhere or (owner is None and self.says_where):
            content += self.origin(_("Defined in %s"), found.symbol)
        for member in members:
            content += self._object(member, found, [])
        body += content
        return [body]

    def _signature(self, found: Description) -> addnodes.desc_signature:
        signature = addnodes.desc_signature(
            classes=["sig", "sig-object", "py"], module=self.library.module, _toc_name=""
        )
        signature["fullname"] = found.symbol.qualified
        signature["_toc_parts"] = (self.library.module, found.symbol.qualified)
        if found.kind in ("class", "property"):
            signature += addnodes.desc_annotation(
                "", "", addnodes.desc_sig_keyword(found.kind, found.kind), nodes.Text(" ")
            )
        signature += addnodes.desc_name(found.symbol.name, found.symbol.name)
        if found.parameters is not None:
            parameters = addnodes.desc_parameterlist()
            for each in found.parameters:
                parameters += addnodes.desc_parameter(
                    "", "", addnodes.desc_sig_name(each, each), noemph=True
                )
            signature += parameters
        if found.returns:
            signature += addnodes.desc_returns("", found.returns)
        if found.value:
            signature += addnodes.desc_annotation(
                "", "", nodes.Text(" = "), nodes.Text(found.value), classes=["polybook-value"]
            )
        return signature

    def _note(self, symbol: Symbol, kind: str, signature: addnodes.desc_signature) -> None:
        """Give the symbol its anchor, unless the page has it already, and make it known."""
        anchor = self.anchor(symbol.qualified)
        if anchor in self.document.ids:
            return
        signature["ids"].append(anchor)
        self.document.note_explicit_target(signature)
        name = f"{self.library.module}.{symbol.qualified}"
        words = _("%s (class in %s)") if kind == "class" else "%s (%s)"
        entry = words % (symbol.name, self.library.module)
        described_on(self.env, self.env.docname).append(Described(name, kind, anchor, entry))

    def origin(self, words: str, symbol: Symbol) -> nodes.paragraph:
        """Return ``words`` with a link to the section that defines ``symbol`` for their ``%s``."""
        link = self._label(symbol.label) if symbol.label else None
        page = next((page for page in self.book.pages if page.path == symbol.path), None)
        if link is None and page is not None:
            link = self._link("doc", f"/{page.docname}", page.chapter.title)
        if link is None:
            link = nodes.literal(symbol.path, symbol.path)
        return _sentence(words, [link], "polybook-origin")

    def _label(self, name: str) -> nodes.Node | None:
        label = self.book.numbering.find(name)
        if label is None or label.target.kind != "section":
            return None
        title = label.target.title.replace("`", "")
        if label.number:
            words = _("Section %(number)s: %(title)s")
            title = words % {"number": label.dotted, "title": title}
        return self._link("ref", label.name.lower(), title)

    def _link(self, role: str, target: str, words: str) -> addnodes.pending_xref:
        return addnodes.pending_xref(
            "",
            nodes.inline("", words, classes=["std", f"std-{role}"]),
            refdomain="std",
            reftype=role,
            refexplicit=True,
            reftarget=target,
            refdoc=self.env.docname,
            refwarn=True,
        )


def _sentence(words: str, parts: list[nodes.Node], kind: str) -> nodes.paragraph:
    """Return a paragraph of the class ``kind``: ``words`` with ``parts`` for their ``%s``."""
    before, after = (nodes.Text(text) for text in words.split("%s"))
    children = [each for each in (before, *parts, after) if each.astext()]
    return nodes.paragraph("", "", *children, classes=[kind])


def _section(symbol: Symbol) -> tuple[str, str | None]:
    return symbol.path, symbol.label
