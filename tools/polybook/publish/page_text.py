"""What readers of a page see of it as text, by section and framework: what the search looks in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

import attrs
from docutils import nodes
from sphinx import addnodes

from polybook.publish.plain_math import LEFT_OUT, plain_math

#: The framework of what all readers of a page see.
SHARED = ""


@attrs.frozen
class Section:
    """A heading, or a symbol of a library, and what stands below it.

    Attributes:
        anchor: The id of its element; empty for what stands before the first heading.
        heading: Its text, without number.
        number: The number in front of it, such as ``2.1``; empty without one.
        level: 1 for the page's title, 2 for its sections, and so on.
        framework: Whose readers see it; `SHARED` for all.
        texts: Pairs of a framework, or `SHARED`, and a text, in the order of the page.
    """

    anchor: str
    heading: str
    number: str = ""
    level: int = 2
    framework: str = SHARED
    texts: tuple[tuple[str, str], ...] = ()


@attrs.frozen
class SymbolText:
    """A class, function or the like that a page documents.

    Attributes:
        module: Such as ``d2l.torch``.
        name: Its name in the module, such as ``Trainer.fit``.
        kind: ``class``, ``function``, ``method`` and so on.
        anchor: The id of its element.
        framework: Whose readers see it; `SHARED` for all.
    """

    module: str
    name: str
    kind: str
    anchor: str
    framework: str = SHARED


@attrs.frozen
class PageText:
    """The text of a page.

    Attributes:
        docname: Its name in the book.
        url: Its address from the root of the website.
        title: Its title, without number.
        number: Its number; empty without one.
        frameworks: For whom it is written; empty for everybody.
        sections: All its text.
        symbols: What it documents.
    """

    docname: str
    url: str
    title: str
    number: str
    frameworks: tuple[str, ...]
    sections: tuple[Section, ...]
    symbols: tuple[SymbolText, ...] = ()

    def dump(self) -> str:
        """Return the page as text that `load` reads; the same for the same page."""
        sections = [_values(each) for each in self.sections]
        symbols = [_values(each) for each in self.symbols]
        content = [*_values(self)[:-2], sections, symbols]
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def load(cls, text: str) -> PageText:
        """Return what `dump` has written."""
        *rest, frameworks, sections, symbols = json.loads(text)
        return cls(
            *rest,
            tuple(frameworks),
            tuple(Section(*most, tuple(map(tuple, texts))) for *most, texts in sections),
            tuple(SymbolText(*each) for each in symbols),
        )


def _values(each: Any) -> list[Any]:
    return [getattr(each, name) for name in type(each).__slots__ if name != "__weakref__"]


def page_text(
    doctree: nodes.document,
    docname: str,
    url: str,
    frameworks: Iterable[str] = (),
    numbers: Mapping[str, tuple[int, ...]] = {},
) -> PageText:
    """Return the text of a page from its resolved doctree.

    Panels of a framework are elements with the attribute ``framework``.

    Args:
        doctree: The page; it is left as it is.
        docname: Its name in the book.
        url: Its address from the root of the website.
        frameworks: For whom it is written; none for a page that everybody reads.
        numbers: Numbers of sections by ``#anchor``, that of the page by the
            empty text, as ``env.toc_secnumbers`` has them.
    """
    reader = _Reader(numbers)
    sections = reader.sections(doctree)
    first = next((each for each in sections if each.level == 1), None)
    return PageText(
        docname,
        url,
        first.heading if first else docname,
        first.number if first else "",
        tuple(frameworks),
        tuple(sections),
        tuple(reader.symbols),
    )


# What a reader does not read as a part of this page.
_SKIPPED = (
    nodes.comment,
    nodes.substitution_definition,
    nodes.system_message,
    nodes.image,
    nodes.meta,
    addnodes.index,
    addnodes.toctree,
)
_SKIPPED_CLASSES = {"toctree-wrapper", "polybook-unexecuted"}


@attrs.define
class _Open:
    """A section to which text is still added."""

    section: Section
    texts: list[tuple[str, str]] = attrs.Factory(list)

    def add(self, framework: str, text: str) -> None:
        """Add a block of text, if it is none of white space."""
        text = " ".join(text.split())
        if text:
            self.texts.append((framework, text))

    def close(self) -> Section:
        """Return the section with its texts."""
        return attrs.evolve(self.section, texts=tuple(self.texts))


class _Reader:
    """Collects sections while it walks through a doctree."""

    def __init__(self, numbers: Mapping[str, tuple[int, ...]]) -> None:
        self.symbols: list[SymbolText] = []
        self._numbers = numbers
        self._opened: list[_Open] = []

    def sections(self, doctree: nodes.document) -> list[Section]:
        """Return the sections of a page; its title is the heading of the first."""
        self._read(doctree, SHARED, 0, self._begin(Section("", "")))
        return [each.close() for each in self._opened if each.section.anchor or each.texts]

    def _begin(self, section: Section) -> _Open:
        self._opened.append(_Open(section))
        return self._opened[-1]

    def _read(self, node: nodes.Node, framework: str, level: int, into: _Open) -> None:
        """Add what ``node`` holds to ``into``, whose heading is of ``level``."""
        if isinstance(node, _SKIPPED) or _SKIPPED_CLASSES & set(_classes(node)):
            return
        if isinstance(node, addnodes.desc):
            self._symbol(node, framework, level, into)
        elif isinstance(node, nodes.math_block):
            into.add(framework, LEFT_OUT)
        elif isinstance(node, nodes.raw):
            into.add(framework, _visible(node))
        elif isinstance(node, (nodes.TextElement, nodes.Text)):
            into.add(framework, inline_text(node))
        else:
            children = node.children
            if isinstance(node, nodes.section):
                level += 1
                into = self._begin(self._heading(node, framework, level))
                children = [each for each in children if not isinstance(each, nodes.title)]
            elif isinstance(node, nodes.Element):
                framework = node.get("framework", framework)
            for child in children:
                self._read(child, framework, level, into)

    def _heading(self, node: nodes.section, framework: str, level: int) -> Section:
        title = next((each for each in node.children if isinstance(each, nodes.title)), None)
        anchor = node["ids"][0] if node["ids"] else ""
        numbers = self._numbers
        # The title of a page has its number under the empty text.
        number = numbers.get("" if level == 1 and "" in numbers else f"#{anchor}") or ()
        heading = " ".join(inline_text(title).split()) if title else ""
        return Section(anchor, heading, ".".join(map(str, number)), level, framework)

    def _symbol(self, node: addnodes.desc, framework: str, level: int, into: _Open) -> None:
        for child in node.children:
            if isinstance(child, addnodes.desc_signature):
                name = child.get("fullname") or ""
                if name and child["ids"]:
                    anchor, kind = child["ids"][0], node.get("objtype", "")
                    module = child.get("module") or ""
                    self.symbols.append(SymbolText(module, name, kind, anchor, framework))
                    into = self._begin(Section(anchor, name, "", level + 1, framework))
                # This puts brackets and commas around the parameters.
                into.add(framework, child.astext())
            else:
                self._read(child, framework, level + 1, into)


def _classes(node: nodes.Node) -> list[str]:
    return node["classes"] if isinstance(node, nodes.Element) else []


def inline_text(node: nodes.Node) -> str:
    """Return the text of a paragraph or heading, its formulas in plain form."""
    return "".join(_pieces(node))


def _pieces(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Text):
        yield node.astext()
    elif isinstance(node, nodes.math):
        yield plain_math(node.astext())
    elif isinstance(node, nodes.math_block):
        yield f" {LEFT_OUT} "
    elif isinstance(node, nodes.raw):
        yield _visible(node)
    elif not isinstance(node, _SKIPPED):
        for child in node.children:
            yield from _pieces(child)


class _Visible(HTMLParser):
    """Collects the text of an author's HTML, such as a table that pandas has printed."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        self._hidden += tag in ("script", "style", "svg")
        self.text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style", "svg") and self._hidden > 0
        self.text.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text.append(data)


def _visible(node: nodes.raw) -> str:
    """Return what readers see of an author's HTML; nothing of other formats."""
    if "html" not in node["format"].split():
        return ""
    parser = _Visible()
    parser.feed(node.astext())
    parser.close()
    return "".join(parser.text)
