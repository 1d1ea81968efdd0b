"""What the built pages hold, read from their HTML."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup, Tag
from resources import BOOKS, Polybook

from polybook.book import load_book


def page(book: Path, name: str) -> BeautifulSoup:
    html = (book / "_build/html" / f"{name}.html").read_text(encoding="utf-8")
    return BeautifulSoup(html, "html.parser")


def article(book: Path, name: str) -> Tag:
    return page(book, name).select_one("article")


def panels(tab_set: Tag) -> dict[str, Tag]:
    """Return the panels of a tab set by framework."""
    found = tab_set.find_all("div", class_="framework-panel", recursive=False)
    return {panel["data-framework"]: panel for panel in found}


def test_neighbouring_cells_and_text_of_frameworks_form_one_tab_set(built_book: Path) -> None:
    first, second = article(built_book, "guide/numbers").select(".framework-tabs")
    assert list(panels(first)) == ["alpha", "beta"]
    assert "return x + x" in panels(first)["alpha"].text
    assert "return 2 * x" in panels(first)["beta"].text
    # Tab text and the cells after it stand together.
    assert "Alpha adds." in panels(second)["alpha"].text
    assert "alpha says 2" in panels(second)["alpha"].text
    assert "Beta multiplies." in panels(second)["beta"].text
    assert "alpha" not in panels(second)["beta"].text


def test_a_shared_cell_appears_once(built_book: Path) -> None:
    body = article(built_book, "guide/numbers")
    cells = [cell for cell in body.select(".cell_input") if "double(21)" in cell.text]
    assert len(cells) == 1
    assert not cells[0].find_parent(class_="framework-tabs")
    assert "42" in cells[0].find_parent(class_="cell").select_one(".cell_output").text


def test_outputs_of_a_shared_cell_stand_in_tabs_where_they_differ(built_book: Path) -> None:
    body = article(built_book, "guide/shapes")
    inputs = [cell for cell in body.select(".cell_input") if "tiny.__name__" in cell.text]
    assert len(inputs) == 1
    shown = panels(body.select(".framework-tabs")[-1])
    assert "tinylib.alpha" in shown["alpha"].text
    assert "tinylib.beta" in shown["beta"].text


def test_marks_become_references_numbers_and_figures(built_book: Path) -> None:
    body = article(built_book, "guide/shapes")
    figure = body.select_one("figure")
    assert figure["id"] == "fig-square"
    assert figure.select_one(".caption-number").text.strip() == "Fig. 1.2.1"
    assert "A square whose sides have length one <unit>." in figure.figcaption.text
    image = figure.select_one("img")
    assert image["alt"] == "A square whose sides have length one <unit>."
    assert "width: 120px" in image["style"]
    link = next(a for a in body.select("a.reference") if a.text == "Section 1.1")
    assert link["href"] == "numbers.html#sec-numbers"
    numbers = article(built_book, "guide/numbers")
    assert [a.text for a in numbers.select("a.reference") if "equation" in a["href"]] == ["(1.1.1)"]
    assert "(Euclid, 1956)" in numbers.text
    for name in ("guide/numbers", "guide/shapes"):
        text = article(built_book, name).text
        assert not any(mark in text for mark in (":numref:", ":label:", ":width:", ":eqlabel:"))


def test_pages_and_book_count_alike(built_book: Path) -> None:
    """The numbers that Sphinx shows are those of the book's own numbering."""
    book = load_book(built_book)
    for name, label in book.numbering.labels.items():
        body = article(built_book, label.docname)
        anchor = name.replace("_", "-")
        if label.target.kind == "section" and not label.target.level:
            assert label.dotted == ""  # a named note and the like
        elif label.target.kind == "section":
            heading = body.select_one(f"#{anchor}").find_parent("section") or body
            shown = body.select_one(f"#{anchor}").find(["h1", "h2"]) or heading.find(["h1", "h2"])
            number = shown.select_one(".section-number")
            assert (number.text.strip(" .") if number else "") == label.dotted
        elif label.target.kind == "figure":
            assert f"Fig. {label.dotted}" in body.select_one(f"#{anchor}").figcaption.text
        else:
            assert f"({label.dotted})" in body.select_one(f"#equation-{anchor}").text


def test_links_between_notebooks_lead_to_notebooks(built_book: Path) -> None:
    file = built_book / "_build/html/notebooks/alpha/guide/shapes.ipynb"
    text = "\n".join(cell.source for cell in nbformat.read(file, as_version=4).cells)
    assert "[Section 1.1](numbers.ipynb#sec_numbers)" in text
    other = nbformat.read(file.with_name("numbers.ipynb"), as_version=4)
    assert any('<a id="sec_numbers"></a>' in cell.source for cell in other.cells)


def test_a_downloaded_notebook_runs(built_book: Path, tmp_path: Path, polybook: Polybook) -> None:
    """The notebook as downloaded, with the library beside it, runs and gives the same outputs."""
    polybook("library", "--book", built_book)
    file = tmp_path / "shapes.ipynb"
    shutil.copy(built_book / "_build/html/notebooks/beta/guide/shapes.ipynb", file)
    shutil.copytree(built_book / "tinylib", tmp_path / "tinylib")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "nbconvert",
            "--to",
            "notebook",
            "--execute",
            "--output",
            "run",
            file,
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    outputs = [
        [cell.get("outputs") for cell in nbformat.read(path, as_version=4).cells]
        for path in (file, tmp_path / "run.ipynb")
    ]
    assert outputs[0] == outputs[1]


def test_the_same_book_gives_the_same_bytes(
    built_book: Path, tmp_path: Path, polybook: Polybook
) -> None:
    again = tmp_path / "tiny"
    shutil.copytree(BOOKS / "tiny", again)
    shutil.copytree(built_book / "_build/store", again / "_build/store")
    done = polybook("build", "html", "--no-execute", "--book", again)
    assert done.returncode == 0, done.stderr
    first, second = built_book / "_build/html", again / "_build/html"
    names = sorted(p.relative_to(first) for p in first.rglob("*") if p.is_file())
    assert names == sorted(p.relative_to(second) for p in second.rglob("*") if p.is_file())
    differing = [
        str(name) for name in names if (first / name).read_bytes() != (second / name).read_bytes()
    ]
    assert differing == []


def test_jupyter_book_renders_the_same_pages(built_book: Path, tmp_path: Path) -> None:
    """A plain `jupyter-book build .` joins the chapters with the store like polybook."""
    other = tmp_path / "tiny"
    shutil.copytree(BOOKS / "tiny", other)
    shutil.copytree(built_book / "_build/store", other / "_build/store")
    done = subprocess.run(
        [Path(sys.executable).with_name("jupyter-book"), "build", "."],
        cwd=other,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for name in ("index", "guide/index", "guide/numbers", "guide/shapes", "guide/myst", "works"):
        assert str(article(other, name)) == str(article(built_book, name))


def test_warnings_carry_the_authors_line(tiny_book: Path, polybook: Polybook) -> None:
    path = tiny_book / "guide/numbers.md"
    path.write_text(path.read_text(encoding="utf-8") + "\n\n{nonsense}`x`\n", encoding="utf-8")
    line = len(path.read_text(encoding="utf-8").splitlines())
    done = polybook("build", "html", "--no-execute", "--book", tiny_book)
    assert done.returncode == 0
    assert f"guide/numbers.md:{line}: WARNING: Unknown interpreted text role" in done.stderr


def test_jupyter_book_warns_at_the_authors_line(tiny_book: Path) -> None:
    path = tiny_book / "guide/shapes.md"
    text = path.read_text(encoding="utf-8").replace("#@tab beta", "#@tab betta")
    path.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [Path(sys.executable).with_name("jupyter-book"), "build", "."],
        cwd=tiny_book,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    line = text[: text.index("betta")].count("\n") + 1
    assert f"shapes.md:{line}: WARNING: the book has no framework 'betta'" in done.stderr


def test_myst_works_beside_the_dialect(built_book: Path) -> None:
    body = article(built_book, "guide/myst")
    links = {link.text: link["href"] for link in body.select("a.reference.internal")}
    assert links["Section 1.1"] == "numbers.html#sec-numbers"
    assert links["A Tiny Book"] == "../index.html#front"
    assert links["(1.3.1)"] == "#equation-eq-circle"
    assert links["Fig. 1.3.1"] == "#fig-second"
    assert "Euclid (1956)" in body.text
    assert body.select_one(".admonition.note").select("a.reference")[1].text == "Section 1.2"
    assert "A second square" in body.select_one("#fig-second").figcaption.text
    assert body.select_one("aside.footnote, .footnote") is not None


def test_without_outputs_the_page_says_nothing_false(tiny_book: Path, polybook: Polybook) -> None:
    done = polybook("build", "html", "--no-execute", "--book", tiny_book)
    assert "4 of 4 notebooks have no up-to-date outputs" in done.stderr
    assert not article(tiny_book, "guide/numbers").select(".cell_output")


def test_a_page_is_read_again_when_its_outputs_change(tiny_book: Path, polybook: Polybook) -> None:
    """Sphinx keeps its own record of pages; new outputs must reach the page all the same."""
    polybook("build", "html", "--no-execute", "--book", tiny_book)
    assert polybook("build", "html", "--book", tiny_book).returncode == 0
    assert "42" in article(tiny_book, "guide/numbers").select_one(".cell_output").text


def test_a_lost_page_fails_the_build_and_keeps_the_last(built_book: Path) -> None:
    from polybook.publish.build import PublishError, check_inventory

    book = load_book(built_book)
    check_inventory(book, built_book / "_build/html")
    with pytest.raises(PublishError) as caught:
        check_inventory(book, built_book / "_build")
    lost = json.dumps([finding.message for finding in caught.value.diagnostics])
    assert "guide/numbers.html" in lost
    assert "notebooks/beta/guide/numbers.ipynb" in lost


def test_a_book_without_frameworks_is_left_to_myst_nb(tmp_path: Path, polybook: Polybook) -> None:
    (tmp_path / "_config.yml").write_text("title: Plain\n", encoding="utf-8")
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: index\n", encoding="utf-8")
    (tmp_path / "index.md").write_text("# Plain\n\nText, {math}`x^2`.\n", encoding="utf-8")
    done = polybook("build", "html", "--book", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Plain" in article(tmp_path, "index").text
