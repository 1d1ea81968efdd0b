"""Which form of an output stands in print."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO

import pytest
from latex.conftest import shown
from PIL import Image

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="96" height="48">'
    '<rect width="9" height="9"/></svg>'
)
ADDRESS = "html: {baseurl: https://example.org/book/}\n"


def picture(kind: str, frames: int = 1) -> str:
    """Return a picture of 96 by 48 dots as notebooks have it."""
    first, *more = (Image.new("RGB", (96, 48), (40 * at, 0, 0)) for at in range(frames))
    file = BytesIO()
    if more:
        first.save(file, kind, save_all=True, append_images=more)
    else:
        first.save(file, kind)
    return b64encode(file.getvalue()).decode()


@pytest.mark.usefixtures("drawings")
def test_a_drawing_stands_before_dots_and_dots_before_text(latex) -> None:
    done = latex(shown(text_plain="<Figure>", image_png=picture("png"), image_svg=SVG))
    assert done.returncode == 0 and done.stderr == ""
    assert ".pdf}" in done.tex and ".png}" not in done.tex and "Figure" not in done.tex
    assert len(list(done.folder.glob("*.pdf"))) == 1


def test_dots_are_as_large_as_on_the_website(latex) -> None:
    done = latex(shown(text_plain="<Figure>", image_png=picture("png")))
    assert r"\sphinxincludegraphics[width=96\sphinxpxdimen]" in done.tex


def test_a_gif_that_moves_shows_its_first_frame_and_says_so(latex) -> None:
    done = latex(shown(image_gif=picture("gif", 3)), config=ADDRESS)
    assert done.stderr == ""
    assert ".png}" in done.tex
    assert r"\sphinxhref{https://example.org/book/page.html}{Animated on the website.}" in done.tex


def test_a_gif_that_stands_still_is_a_picture(latex) -> None:
    done = latex(shown(image_gif=picture("gif")))
    assert ".png}" in done.tex and "on the website" not in done.tex


def test_a_table_in_html_stands_before_plain_text(latex) -> None:
    table = "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"
    done = latex(shown(text_html=table, text_plain="PLAIN"))
    assert r"\begin{tabulary}{\linewidth}[t]{r}" in done.tex and "PLAIN" not in done.tex


def test_a_widget_is_its_text_and_a_sentence_without_an_address(latex) -> None:
    html = "<div id='x'></div><script>draw()</script>"
    done = latex(shown(text_html=html, text_plain="Chart of three bars"))
    assert "Chart of three bars" in done.tex and "draw()" not in done.tex
    assert "Interactive on the website." in done.tex


def test_an_animation_shows_the_first_picture_in_it(latex) -> None:
    html = f"""<script>frames[0] = "data:image/png;base64,{picture("png")}\\\n"</script>"""
    done = latex(shown(text_html=html, text_plain="<matplotlib.animation.FuncAnimation object>"))
    assert ".png}" in done.tex and "Interactive on the website." in done.tex
    assert "FuncAnimation" not in done.tex


def test_formulas_tables_and_sentences_in_latex(latex) -> None:
    done = latex(
        shown(text_latex=r"$\displaystyle x^2$"),
        shown(text_latex="\\begin{align}a &= b\\end{align}"),
        shown(text_latex="The area is $a b$."),
    )
    assert r"\displaystyle x^2" in done.tex
    # A number would be one more than the website counts.
    assert "\\begin{align*}a &= b\\end{align*}" in done.tex
    assert "split}a &= b" not in done.tex and "The area is $a b$." in done.tex
