"""Pictures that TeX cannot include."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import sphinx
from PIL import Image

from polybook.publish.latex.pictures import PictureError, convert_picture

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="96" height="48">'
    '<rect width="9" height="9"/></svg>'
)
# From this version on `sphinx-build` does it for each error of an extension.
SHOWS_TRACEBACKS = sphinx.version_info >= (8, 2)
PAGE = "# Page\n\n![A square](square.svg)\n:width:`120px`\n\n![A square](square.svg)\n"


@pytest.mark.usefixtures("drawings")
def test_the_same_drawing_gives_the_same_bytes(tmp_path: Path) -> None:
    source = tmp_path / "square.svg"
    source.write_text(SVG, encoding="utf-8")
    made = [tmp_path / "first.pdf", tmp_path / "second.pdf"]
    for file in made:
        convert_picture(source, file)
    assert made[0].read_bytes().startswith(b"%PDF")
    assert made[0].read_bytes() == made[1].read_bytes()


@pytest.mark.usefixtures("drawings")
@pytest.mark.parametrize("name", ["broken.svg", "broken.gif"])
def test_a_broken_picture_is_named(tmp_path: Path, name: str) -> None:
    source = tmp_path / name
    source.write_text("<svg", encoding="utf-8")
    with pytest.raises(PictureError) as raised:
        convert_picture(source, tmp_path / ("made.pdf" if "svg" in name else "made.png"))
    assert name in str(raised.value) and str(tmp_path) not in str(raised.value)
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_animations_become_their_first_frame(tmp_path: Path) -> None:
    first, second = (Image.new("RGB", (4, 4), colour) for colour in ("red", "blue"))
    first.save(tmp_path / "moves.gif", save_all=True, append_images=[second])
    convert_picture(tmp_path / "moves.gif", tmp_path / "still.png")
    with Image.open(tmp_path / "still.png") as still:
        assert still.convert("RGB").getpixel((0, 0))[0] > 200


@pytest.mark.usefixtures("drawings")
def test_a_drawing_of_the_chapter_is_converted_once(latex) -> None:
    done = latex(page=PAGE, files={"square.svg": SVG})
    assert done.returncode == 0 and done.stderr == "", done.stderr
    assert r"\sphinxincludegraphics[width=120\sphinxpxdimen]" in done.tex
    (made,) = done.folder.glob("*.pdf")
    assert made.name.startswith("square-")
    cached = next(done.folder.parent.rglob("images/square-*.pdf"))
    before = cached.stat().st_mtime_ns
    assert latex(page=PAGE + "\nMore.\n", files={"square.svg": SVG}).returncode == 0
    assert cached.stat().st_mtime_ns == before


@pytest.mark.usefixtures("drawings")
def test_a_broken_drawing_stops_the_build_with_its_name(latex) -> None:
    done = latex(page=PAGE, files={"square.svg": "<svg"})
    assert done.returncode != 0 and ("Traceback" in done.stderr) == SHOWS_TRACEBACKS
    assert "square.svg:1:1: error" in done.stderr and "[broken-picture]" in done.stderr


def test_a_missing_program_is_told_with_what_to_install(latex, tmp_path: Path) -> None:
    environ = {**os.environ, "PATH": str(tmp_path)}
    done = latex(page=PAGE, files={"square.svg": SVG}, environ=environ)
    assert done.returncode != 0 and ("Traceback" in done.stderr) == SHOWS_TRACEBACKS
    assert done.stderr.count("[missing-converter]") == 1
    assert "sudo apt-get install librsvg2-bin" in done.stderr
