"""Which numbers a notebook's text quotes, and whether its outputs have them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs
from nbformat import NotebookNode

_CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_MATHEMATICS = re.compile(r"\$\$.*?\$\$|\$[^$]+\$", re.DOTALL)
# A number of a section, a figure or an equation is the book's own business.
_REFERENCE = re.compile(r"!?\[[^\]]*\]\([^)]*\)|<[^>]*>|https?://\S+|\(\d+(?:\.\d+)+\)")
_PERCENT = r"\s+percent\b|\s?%"
_NUMBER = re.compile(rf"(?<![\w.,])[-−]?\d[\d,]*\.\d+(?![\w.]*\d)|(?<![\w.])\d+(?={_PERCENT})")
_EXERCISES = re.compile(r"^## Exercises$.*", re.MULTILINE | re.DOTALL)
_ANY = re.compile(r"[-+]?(?:\d[\d,]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


@attrs.frozen
class Quoted:
    """A number in the text.

    Attributes:
        written: As it stands there.
        values: What may stand for it in an output: a percentage is also a share.
        step: The unit of its last digit, for each of the values.
    """

    written: str
    values: tuple[float, ...]
    steps: tuple[float, ...]

    def is_among(self, found: list[float]) -> bool:
        """Whether one of ``found`` is this number at its precision, rounded either way."""
        return any(
            abs(abs(each) - abs(value)) <= step * 0.5000001
            for value, step in zip(self.values, self.steps, strict=True)
            for each in found
        )


def quoted(text: str) -> Iterator[Quoted]:
    """Yield the numbers with decimals and the percentages of a text, outside code and formulas."""
    for pattern in (_CODE, _MATHEMATICS, _REFERENCE):
        text = pattern.sub(" ", text)
    for match in _NUMBER.finditer(text):
        written = match.group().replace("−", "-")
        value = float(written.replace(",", ""))
        step = 10.0 ** -len(written.partition(".")[2])
        percent = re.match(_PERCENT, text[match.end() :])
        scales = (1, 100) if percent else (1,)
        values, steps = (tuple(each / scale for scale in scales) for each in (value, step))
        yield Quoted(written + (" percent" if percent else ""), values, steps)


def numbers(text: str) -> list[float]:
    """Return all numbers of a program, a formula or an output."""
    return [float(each.replace(",", "")) for each in _ANY.findall(text.replace("−", "-"))]


def unfounded(notebook: NotebookNode) -> list[str]:
    """Return the quoted numbers that neither an output nor a program or formula has.

    Exercises set numbers rather than quote them, and where nothing is computed nothing is quoted.
    """
    if all(cell.cell_type == "markdown" for cell in notebook.cells):
        return []
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    text = _EXERCISES.sub("", text)
    found = [each for formula in _MATHEMATICS.findall(text) for each in numbers(formula)]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            found += numbers(cell.source)
            for output in cell.outputs:
                data = output.get("data", {})
                found += numbers(output.get("text", "") + data.get("text/plain", ""))
    return [each.written for each in quoted(text) if not each.is_among(found)]
