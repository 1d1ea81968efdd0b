"""What can be wrong in a book: one module per subject, each a function of a page.

A finding of any room passes through :class:`Ignores`, which knows what the
authors have asked not to hear of.
"""

from polybook.book.lint.ignore import Ignores

__all__ = ["Ignores"]
