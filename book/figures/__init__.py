"""The figures of the book, each drawn by the module of its name."""
