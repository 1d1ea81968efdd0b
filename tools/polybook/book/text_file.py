"""Text files of a book, whose errors name them."""

from __future__ import annotations

from pathlib import Path

from polybook.source import BookError, Diagnostic


class TextFile:
    """A file of UTF-8 text, with or without a byte order mark.

    Attributes:
        name: Path relative to the folder, for diagnostics.
        text: Its content, without the mark.

    Raises:
        BookError: The file is missing, for which ``missing`` says what to do, or cannot be read.
    """

    def __init__(self, folder: Path, name: str, missing: str) -> None:
        self.name = name
        try:
            self.text = (folder / name).read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            raise self.error("missing-file", f"{name} is missing", missing) from None
        except (OSError, UnicodeDecodeError) as error:
            raise self.error("unreadable-file", f"{name} cannot be read: {error}") from None

    def error(self, code: str, message: str, suggestion: str = "", line: int = 1) -> BookError:
        """Return an error that points into this file."""
        return BookError(Diagnostic(self.name, line, 1, code, message, suggestion))
