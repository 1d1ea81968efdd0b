"""The notebook that a reader downloads: text and code of one framework, with outputs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from polybook.book import Book, Page
from polybook.notebook.code import code_cells
from polybook.notebook.text import TextWriter
from polybook.source import Cell, Span, TabBlock

if TYPE_CHECKING:
    from nbformat import NotebookNode


def notebook_path(page: Page, framework: str) -> PurePosixPath:
    """Return where the page's notebook lies below the folder of all notebooks."""
    return PurePosixPath(framework) / f"{page.stem}.ipynb"


def reader_notebook(
    book: Book, page: Page, framework: str, executed: Sequence[NotebookNode] | None = None
) -> NotebookNode:
    """Return the notebook of ``page`` for ``framework``.

    Marks become links, numbers and captions; text of other frameworks is left
    out; pictures are attached, so that the file stands alone.

    Args:
        book: The book, for what the page refers to.
        page: A page that exists for ``framework``.
        framework: The framework's name.
        executed: The executed code cells in order; without them outputs are
            those that the chapter brings along, if any.
    """
    # Who checks a book makes no notebook and does not wait for nbformat.
    from polybook.notebook.cells import code_cell, new_notebook, text_cell

    writer = TextWriter(book, page, framework)
    codes = code_cells(book, page, framework)
    outputs = {id(code.cell): index for index, code in enumerate(codes)}
    sources = {id(code.cell): code.source for code in codes}
    notebook = new_notebook(
        {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
        }
    )
    # Neighbouring text becomes one cell, as a person would have written it.
    pending: list[Span] = []

    def flush() -> None:
        text, attachments = writer.write(pending)
        if text:
            notebook.cells.append(text_cell(text, f"text-{len(notebook.cells)}", attachments))
        pending.clear()

    for block in page.chapter.blocks:
        content = block.content
        if isinstance(content, Cell):
            if id(content) not in outputs:
                continue
            flush()
            index = outputs[id(content)]
            cell = code_cell(sources[id(content)], f"cell-{index}")
            if content.tags:
                # Such as `raises-exception`, without which the notebook would stop there.
                cell.metadata["tags"] = list(content.tags)
            if executed is not None:
                cell["outputs"] = executed[index]["outputs"]
                cell["execution_count"] = executed[index]["execution_count"]
            else:
                cell["outputs"] = list(page.outputs.get(content.line, ()))
            notebook.cells.append(cell)
        elif isinstance(content, TabBlock):
            if framework in content.frameworks:
                pending.append(content.content)
        elif block.kind == "text":
            pending.append(block.span)
    flush()
    return notebook
