"""Configuration, table of contents and chapters: the book.

The room knows neither execution nor Sphinx.
"""

from polybook.book.book import Book, Page, load_book
from polybook.book.check import check
from polybook.book.config import Config, Framework, load_config
from polybook.book.numbering import Numbering

__all__ = ["Book", "Config", "Framework", "Numbering", "Page", "check", "load_book", "load_config"]
