"""The toc blocks of a d2lbook project as the content of ``_toc.yml``."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

import attrs

from polybook.source import BookError, Chapter, Diagnostic, parse
from polybook.source.chapter import TocBlock

SUFFIXES = (".md", ".ipynb", ".rst")
# What Sphinx's toctree allows beside a plain path.
_TITLED = re.compile(r"^(?P<title>.+?)\s*<(?P<path>[^<>]+)>$")
_DIRECTIVE = re.compile(r"^\s*\.\. bibliography::[ \t]*(\S+)", re.MULTILINE)
_URL = re.compile(r"^[a-z][a-z0-9+.-]*://")


@attrs.frozen
class Contents:
    """The pages of a project.

    Attributes:
        toc: What ``_toc.yml`` says, in Jupyter Book's format.
        chapters: The Markdown pages, parsed, in the order in which they are read.
        files: Their paths, and those of pages in other formats.
        warnings: Entries that were left out.
    """

    toc: dict[str, Any]
    chapters: tuple[Chapter, ...]
    files: tuple[str, ...]
    warnings: tuple[Diagnostic, ...]


def read_contents(folder: Path, root: str, excluded: Collection[str] = ()) -> Contents:
    """Follow the toc blocks from the page ``root``.

    Args:
        folder: Folder of the project.
        root: File of the root page, relative to it.
        excluded: Files that are no pages although toc blocks may name them.

    Raises:
        BookError: A page is no text.
    """
    walk = _Walk(folder, root, excluded)
    toc = {"format": "jb-book", "root": _stem(root), **walk.parts()}
    return Contents(toc, tuple(walk.chapters), tuple(walk.files), tuple(walk.warnings))


def bibliographies(chapter: Chapter) -> list[str]:
    """Return the BibTeX files whose works the chapter lists, relative to the book."""
    named = [mark.value for mark in chapter.marks if mark.key == "bibliography"]
    for token in chapter.tokens:
        if token.type == "eval_rst":
            named += _DIRECTIVE.findall(token.content)
    return list(dict.fromkeys(_beside(chapter.path, name) for name in named))


def _stem(path: str) -> str:
    return path.rsplit(".", 1)[0]


class _Walk:
    def __init__(self, folder: Path, root: str, excluded: Collection[str]) -> None:
        self.folder, self.root, self.excluded = folder, root, excluded
        self.chapters: list[Chapter] = []
        self.files = [root]
        self.warnings: list[Diagnostic] = []
        self._seen = {_stem(root)}

    def parts(self) -> dict[str, Any]:
        """Return what hangs below the root page: its only block, or its blocks as parts."""
        parts = []
        for block in self._read(self.root).toc:
            if chapters := self._items(self.root, block):
                parts.append({**_kept(dict(block.options)), "chapters": chapters})
        if len(parts) != 1:
            return {"parts": parts} if parts else {}
        options = {key: value for key, value in parts[0].items() if key != "chapters"}
        chapters = {"chapters": parts[0]["chapters"]}
        return {"options": options, **chapters} if options else chapters

    def _read(self, path: str) -> Chapter:
        try:
            text = (self.folder / path).read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            message = f"{path} cannot be read: {error}"
            suggestion = "chapters are UTF-8 text"
            raise BookError(
                Diagnostic(path, 1, 1, "unreadable-file", message, suggestion)
            ) from None
        chapter = parse(text, path)
        self.chapters.append(chapter)
        return chapter

    def _items(self, page: str, block: TocBlock) -> list[dict[str, Any]]:
        found = (self._item(page, entry.page, entry.line) for entry in block.entries)
        return [item for item in found if item]

    def _item(self, page: str, entry: str, line: int) -> dict[str, Any] | None:
        titled = _TITLED.match(entry)
        title = {"title": titled["title"]} if titled else {}
        written = titled["path"].strip() if titled else entry
        if _URL.match(written):
            return {"url": written, **title}
        place = written[1:] if written.startswith("/") else _beside(page, written)
        path = self._existing(place)
        if path is None:
            name = place if place.endswith(SUFFIXES) else f"{place}.md"
            return self._left_out(page, line, "missing-chapter", f"there is no page {name}")
        if path in self.excluded:
            message = f"the page {path} is excluded from the book"
            return self._left_out(page, line, "excluded-chapter", message)
        if _stem(path) in self._seen:
            message = f"the page {path} is named twice"
            return self._left_out(page, line, "invalid-toc", message)
        self._seen.add(_stem(path))
        self.files.append(path)
        item = {"file": _stem(path), **title}
        sections = self._sections(path) if path.endswith(".md") else []
        return {**item, "sections": sections} if sections else item

    def _sections(self, path: str) -> list[dict[str, Any]]:
        sections = []
        for block in self._read(path).toc:
            if "numbered" in dict(block.options):
                message = "only the toc blocks of the root page decide on numbers"
                self.warnings.append(_warning(path, block.line, "invalid-toc", message))
            sections += self._items(path, block)
        return sections

    def _existing(self, place: str) -> str | None:
        if place.startswith("../"):
            return None
        for name in (place, *(place + suffix for suffix in SUFFIXES)):
            if name.endswith(SUFFIXES) and (self.folder / name).is_file():
                return name
        return None

    def _left_out(self, page: str, line: int, code: str, message: str) -> None:
        self.warnings.append(_warning(page, line, code, f"{message}; its entry is left out"))


def _warning(path: str, line: int, code: str, message: str) -> Diagnostic:
    return Diagnostic(path, line, 1, code, message, severity="warning")


def _beside(page: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), path))


def _kept(options: dict[str, str]) -> dict[str, Any]:
    """Return the options of a block that a part has too."""
    kept: dict[str, Any] = {}
    if options.get("caption"):
        kept["caption"] = options["caption"]
    if "numbered" in options:
        # How many levels; none given means all.
        depth = options["numbered"]
        kept["numbered"] = int(depth) if depth.isdigit() else True
    return kept
