"""Notebooks and their cells, as nbformat makes them but for one thing.

nbformat validates each cell that it makes, and all cells again when the notebook is written. For
the notebooks of a whole book that is most of the time that they take.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode, from_dict
from nbformat.v4 import nbformat, nbformat_minor


def new_notebook(metadata: Mapping[str, Any]) -> NotebookNode:
    """Return a notebook without cells."""
    whole = {
        "cells": [],
        "metadata": metadata,
        "nbformat": nbformat,
        "nbformat_minor": nbformat_minor,
    }
    return from_dict(whole)


def code_cell(source: str, id: str) -> NotebookNode:
    """Return a code cell that has not run."""
    return NotebookNode(
        id=id,
        cell_type="code",
        metadata=NotebookNode(),
        execution_count=None,
        source=source,
        outputs=[],
    )


def text_cell(source: str, id: str, attachments: Mapping[str, Any] = {}) -> NotebookNode:
    """Return a Markdown cell, perhaps with pictures by their names."""
    cell = NotebookNode(id=id, cell_type="markdown", source=source, metadata=NotebookNode())
    if attachments:
        cell["attachments"] = from_dict(dict(attachments))
    return cell
