"""Chapter and framework to notebook.

The room knows neither execution nor Sphinx.
"""

from polybook.notebook.code import CodeCell, code_cells, execution_notebook, unchanged_calls
from polybook.notebook.reader import reader_notebook

__all__ = ["CodeCell", "code_cells", "execution_notebook", "reader_notebook", "unchanged_calls"]
