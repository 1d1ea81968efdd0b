"""INI files, as Python's configparser reads them, whose values know their lines."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator
from pathlib import Path

from polybook.book.text_file import TextFile

_BETWEEN_WORDS = re.compile(r"[\s,]+")


class IniFile(TextFile):
    """An INI file with ``%`` interpolation: a literal ``%`` is written ``%%``.

    Raises:
        BookError: The file is missing or malformed, with the line.
    """

    def __init__(self, folder: Path, name: str, missing: str) -> None:
        super().__init__(folder, name, missing)
        parser = configparser.ConfigParser()
        try:
            parser.read_string(self.text, name)
        except configparser.ParsingError as error:
            # It lists every such line; text before the first section has only its own.
            line = error.errors[0][0] if hasattr(error, "errors") else error.lineno
            message = "this line is no [section], no key = value and no continuation"
            raise self.error("invalid-config", message, line=line) from None
        except (configparser.DuplicateSectionError, configparser.DuplicateOptionError) as error:
            what = getattr(error, "option", "") or f"[{error.section}]"
            message = f"'{what}' is given twice"
            raise self.error(
                "invalid-config", message, "remove one of them", error.lineno or 1
            ) from None
        self._lines = dict(_lines(self.text, parser))
        self._values = {name: self._section(parser, name) for name in parser.sections()}

    def _section(self, parser: configparser.ConfigParser, section: str) -> dict[str, str]:
        values = {}
        for key in parser.options(section):
            try:
                values[key] = parser.get(section, key).strip()
            except configparser.InterpolationError:
                message = f"the value of '{key}' holds a % that stands for nothing"
                line = self.line(section, key)
                raise self.error("invalid-config", message, "write %% for %", line) from None
        return values

    @property
    def sections(self) -> tuple[str, ...]:
        """The names of the sections, in order."""
        return tuple(self._values)

    def keys(self, section: str) -> tuple[str, ...]:
        """Return the keys of ``section`` that have a value; none if there is no such section."""
        return tuple(key for key, value in self._values.get(section, {}).items() if value)

    def get(self, section: str, key: str, default: str = "") -> str:
        """Return a value, or ``default`` if it is left out or empty."""
        return self._values.get(section, {}).get(key) or default

    def words(self, section: str, key: str) -> tuple[str, ...]:
        """Return the parts of a value between commas, blanks and line ends."""
        return tuple(filter(None, _BETWEEN_WORDS.split(self.get(section, key))))

    def line(self, section: str, key: str = "") -> int:
        """Return the line of a key, or of its section if there is no such key."""
        return self._lines.get((section, key)) or self._lines.get((section, "")) or 1


def _lines(text: str, parser: configparser.ConfigParser) -> Iterator[tuple[tuple[str, str], int]]:
    section = ""
    for number, line in enumerate(text.split("\n"), 1):
        if not line or line[0].isspace() or line[0] in "#;":
            continue
        if header := parser.SECTCRE.match(line):
            section = header["header"]
            yield (section, ""), number
        elif option := parser.OPTCRE.match(line):
            yield (section, parser.optionxform(option["option"].rstrip())), number
