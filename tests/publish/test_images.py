"""The size of a picture, read from its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from polybook.publish.images import picture_size

SVG = '<svg xmlns="http://www.w3.org/2000/svg" {}></svg>'


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="120" height="80"', (120, 80)),
        ('width="120px" height="80px"', (120, 80)),
        ('width="90pt" height="3in"', (120, 288)),
        ('viewBox="0 0 300 150"', (300, 150)),
        ('viewBox="-10,-10,300,150" width="100"', (100, 50)),
        ('viewBox="0 0 300 150" height="100"', (200, 100)),
        ('width="100%" height="100%" viewBox="0 0 30 20"', (30, 20)),
        ('width="100%"', None),
        ('width="0" height="0"', None),
        ("", None),
    ],
)
def test_the_size_of_a_drawing(tmp_path: Path, attributes: str, size) -> None:
    file = tmp_path / "drawing.svg"
    file.write_text(SVG.format(attributes), encoding="utf-8")
    assert picture_size(file) == size


@pytest.mark.parametrize("name", ["missing.svg", "missing.png", "broken.svg", "broken.png"])
def test_a_file_that_is_no_picture_has_no_size(tmp_path: Path, name: str) -> None:
    for broken in ("broken.svg", "broken.png"):
        (tmp_path / broken).write_text("no picture", encoding="utf-8")
    assert picture_size(tmp_path / name) is None
