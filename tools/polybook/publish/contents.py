"""The site's table of contents, which stands beside every page: made once, marked for each.

Pages are written with a mark where it belongs (see :mod:`polybook.publish.builder`), and the marks
are replaced when the site is put together: a changed title changes all sidebars and renders
nothing again.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from functools import cached_property
from html import escape

import attrs
from docutils import nodes
from sphinx import addnodes
from sphinx.environment import BuildEnvironment

TitleWriter = Callable[[nodes.Element], str]


@attrs.frozen
class Entry:
    """A line of the contents.

    Attributes:
        docname: The page; empty for a link to somewhere else.
        address: Of that link.
        number: As readers see it, such as ``3.1``; empty without one.
        title: HTML.
        children: The entries below it.
    """

    docname: str
    address: str
    number: str
    title: str
    children: tuple[Entry, ...]


@attrs.frozen
class Part:
    """Entries under a caption, which may be empty."""

    caption: str
    entries: tuple[Entry, ...]


def read_contents(env: BuildEnvironment, write_title: TitleWriter) -> tuple[Part, ...]:
    """Return the parts of the table of contents.

    Args:
        env: The environment, with all pages read.
        write_title: Makes HTML of a title that is more than text.
    """
    return tuple(_parts(env, env.config.root_doc, write_title, {env.config.root_doc}))


def _parts(
    env: BuildEnvironment, docname: str, write_title: TitleWriter, seen: set[str]
) -> Iterator[Part]:
    for toctree in env.tocs[docname].findall(addnodes.toctree) if docname in env.tocs else ():
        entries = tuple(_entries(env, toctree, write_title, seen))
        if entries:
            yield Part(toctree.get("caption") or "", entries)


def _entries(
    env: BuildEnvironment, toctree: addnodes.toctree, write_title: TitleWriter, seen: set[str]
) -> Iterator[Entry]:
    for title, target in toctree["entries"]:
        if target in env.titles:
            if target in seen:
                continue
            seen.add(target)
            children = (
                entry for part in _parts(env, target, write_title, seen) for entry in part.entries
            )
            number = ".".join(map(str, env.toc_secnumbers.get(target, {}).get("") or ()))
            shown = escape(title) if title else _title(env.titles[target], write_title)
            yield Entry(target, "", number, shown, tuple(children))
        elif "://" in target:
            yield Entry("", target, "", escape(title or target), ())


def _title(title: nodes.Element, write_title: TitleWriter) -> str:
    if all(isinstance(child, nodes.Text) for child in title.children):
        return escape(title.astext(), quote=False)
    return write_title(title)


class Contents:
    """The contents as HTML, for each page.

    Args:
        parts: What they hold.
        address: Returns where a page lies, relative to the root.
    """

    def __init__(self, parts: tuple[Part, ...], address: Callable[[str], str]) -> None:
        self.parts, self._address = parts, address

    @cached_property
    def _pieces(self) -> tuple[str, ...]:
        """HTML in pieces: every odd one is the address of a page, relative to the root."""
        pieces: list[str] = [""]
        for part in self.parts:
            if part.caption:
                pieces[-1] += f'<p class="caption">{escape(part.caption)}</p>\n'
            self._write(part.entries, pieces)
        return tuple(pieces)

    def _write(self, entries: tuple[Entry, ...], pieces: list[str]) -> None:
        pieces[-1] += "<ul>\n"
        for entry in entries:
            number = f'<span class="number">{entry.number}</span> ' if entry.number else ""
            parent = ' class="parent"' if entry.children else ""
            if entry.docname:
                pieces[-1] += f'<li{parent}><a href="'
                pieces += [self._address(entry.docname), f'">{number}{entry.title}</a>']
            else:
                link = escape(entry.address)
                pieces[-1] += f'<li><a class="external" href="{link}">{entry.title}</a>'
            if entry.children:
                pieces[-1] += "\n"
                self._write(entry.children, pieces)
            pieces[-1] += "</li>\n"
        pieces[-1] += "</ul>\n"

    @cached_property
    def _ancestors(self) -> dict[str, tuple[str, ...]]:
        """The addresses of each page and of those above it, by its address."""
        found: dict[str, tuple[str, ...]] = {}

        def add(entries: tuple[Entry, ...], above: tuple[str, ...]) -> None:
            for entry in entries:
                if entry.docname:
                    place = self._address(entry.docname)
                    found[place] = (*above, place)
                    add(entry.children, found[place])

        for part in self.parts:
            add(part.entries, ())
        return found

    @cached_property
    def _by_folder(self) -> dict[str, tuple[str, dict[str, int]]]:
        return {}

    def _for_folder(self, folder: str) -> tuple[str, dict[str, int]]:
        """Return the contents for the pages of a folder, and where in them each page is named."""
        if folder not in self._by_folder:
            text, places = "", {}
            for at, piece in enumerate(self._pieces):
                if at % 2:
                    places[piece] = len(text)
                    text += escape(posixpath.relpath(piece, folder or "."))
                else:
                    text += piece
            self._by_folder[folder] = text, places
        return self._by_folder[folder]

    def html(self, docname: str) -> str:
        """Return the contents as they stand beside a page, it and those above it marked.

        Args:
            docname: Any page, also one that the contents do not name.
        """
        here = self._address(docname)
        text, places = self._for_folder(posixpath.dirname(here))
        # From the end, so that the places before stay where they are.
        for address in reversed(self._ancestors.get(here, ())):
            at = text.rindex("<li", 0, places[address])
            opening = text[at : places[address]]
            link = '<a aria-current="page" href="' if address == here else '<a href="'
            kind = "parent open" if "parent" in opening else "open"
            text = f'{text[:at]}<li class="{kind}">{link}{text[places[address] :]}'
        return text
