"""The parsed book as plain values, for other programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from polybook.book import Book, Page
from polybook.library import Library, Symbol, SymbolGraph


def inspection(book: Book, libraries: Mapping[str, Library]) -> dict[str, Any]:
    """Return what ``polybook inspect --format json`` prints.

    Pages stand in the order of ``_toc.yml``; paths are relative to the book;
    lines count from 1.
    """
    return {
        "frameworks": list(book.config.framework_names),
        "pages": [_page(page) for page in book.pages],
        "saved": [
            saved
            for framework, library in libraries.items()
            for saved in _saved(framework, library)
        ],
    }


def _saved(framework: str, library: Library) -> list[dict[str, Any]]:
    graph = SymbolGraph(library)
    return [
        {
            "framework": framework,
            "name": symbol.name,
            "kind": symbol.kind,
            "page": symbol.path,
            "line": symbol.line,
            "uses": _uses(graph, symbol),
        }
        for symbol in library.symbols
    ]


def _uses(graph: SymbolGraph, symbol: Symbol) -> list[str]:
    """Return the saved names that a symbol's definition uses, sorted."""
    try:
        return sorted(graph.uses(symbol.qualified))
    except KeyError:  # a `*` import: the text does not tell what it binds
        return []


def _page(page: Page) -> dict[str, Any]:
    chapter = page.chapter
    return {
        "path": page.path,
        "title": chapter.title,
        "frameworks": list(page.frameworks),
        "cells": [
            {
                "line": cell.line,
                # A cell for all belongs to those for which the page exists.
                "frameworks": [name for name in cell.frameworks if name in page.frameworks],
                "saved": cell.saved,
            }
            for cell in chapter.cells
        ],
        "tab_blocks": [
            {"line": block.line, "frameworks": list(block.frameworks)}
            for block in chapter.tab_blocks
        ],
        "labels": [
            {"name": name, "kind": target.kind, "line": target.line}
            for target in chapter.targets
            for name in target.names
        ],
        "references": [
            {"role": reference.role, "target": reference.target, "line": reference.line}
            for reference in chapter.references
        ],
    }


def outline(book: Book) -> str:
    """Return the book as a few lines that a person reads: pages with their numbers."""
    lines = []
    for page in book.pages:
        number = ".".join(map(str, page.entry.number))
        title = f"{number} {page.chapter.title}".strip()
        cells = len(page.chapter.cells)
        noun = "cell" if cells == 1 else "cells"
        names = ", ".join(page.frameworks) if cells else "text only"
        lines.append(f"{'  ' * max(len(page.entry.number) - 1, 0)}{title}")
        lines[-1] += f"  [{page.path}; {cells} {noun}; {names}]"
    return "\n".join(lines)
