"""polybook: one Markdown book, every framework, every format."""

__version__ = "0.1.0"
