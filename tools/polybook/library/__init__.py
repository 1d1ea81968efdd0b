"""The library: saved cells become one Python module per framework.

The room knows neither notebooks nor Sphinx.
"""

from polybook.library.collect import libraries, saved_cells, saved_in
from polybook.library.extract import Library, Symbol, extract
from polybook.library.graph import SymbolGraph, UsedNames, used_names
from polybook.library.saved import SavedCell
from polybook.library.write import differences, write

__all__ = [
    "Library",
    "SavedCell",
    "Symbol",
    "SymbolGraph",
    "UsedNames",
    "differences",
    "extract",
    "libraries",
    "saved_cells",
    "saved_in",
    "used_names",
    "write",
]
