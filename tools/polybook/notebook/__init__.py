"""Chapter and framework to notebook.

The room knows neither execution nor Sphinx.
"""

from polybook.notebook.code import CodeCell, code_cells, execution_notebook, unchanged_calls
from polybook.notebook.edition import can_be_script, script, without_outputs
from polybook.notebook.reader import reader_notebook

__all__ = [
    "CodeCell",
    "can_be_script",
    "code_cells",
    "execution_notebook",
    "reader_notebook",
    "script",
    "unchanged_calls",
    "without_outputs",
]
