"""Each number that the book's text quotes is in the outputs of every framework."""

from __future__ import annotations

import nbformat
import pytest
from nbformat import NotebookNode, v4
from quoted_numbers import unfounded
from resources import REPOSITORY, require

from polybook.book import load_book

FRAMEWORKS = load_book(REPOSITORY).config.framework_names

# Facts of the world and invented examples, which no cell of the section computes.
FACTS = {
    # Versions of NumPy that MXNet can work with.
    "chapters/installation/index": {"1.24"},
    # Whether such an accuracy is good; a test for a rare disease.
    "chapters/linear-classification/classification": {"0.85", "0.99"},
    # A system that serves some people worse; what a hundred examples tell.
    "chapters/linear-classification/environment-and-distribution-shift": {
        "69 percent",
        "95 percent",
        "99 percent",
    },
    # How sure one wants to be.
    "chapters/linear-regression/generalization": {"95 percent"},
    # The ends of a logarithmic scale, 10 to the power of -2 and 2.
    "chapters/linear-regression/weight-decay": {"0.01"},
    # What a wrong entry of the table should have been.
    "chapters/preliminaries/data-preprocessing": {"94.0"},
    # From the documentation of a framework's function.
    "chapters/preliminaries/lookup-api": {"-4.5"},
}


@pytest.mark.book
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_book_quotes_what_its_outputs_show(framework: str) -> None:
    folder = REPOSITORY / "_build/html/notebooks" / framework
    require(folder.is_dir(), "the book, built by `make html`")
    wrong = {}
    for page in load_book(REPOSITORY).pages:
        file = folder / f"{page.stem}.ipynb"
        if file.is_file():
            missing = unfounded(nbformat.read(file, as_version=4))
            if missing := [each for each in missing if each not in FACTS.get(page.stem, set())]:
                wrong[page.stem] = missing
    assert wrong == {}


def made(text: str, code: str = "", printed: str = "") -> NotebookNode:
    output = v4.new_output("stream", name="stdout", text=printed)
    cell = v4.new_code_cell(code, outputs=[output] if printed else [])
    return v4.new_notebook(cells=[v4.new_markdown_cell(text), cell])


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("The loss is 0.25.", "0.2481"),
        ("The loss is about 0.2, a third of 0.6.", "0.2481 [0.61, 2]"),
        ("Of 12 pictures 97.5 percent are right, an accuracy of 0.98.", "accuracy 0.9753"),
        ("It falls by 1,234.5 to −0.50.", "from 1234.51\nto -0.4999"),
        ("`lr=0.125` and $1.5$, see [Section 3.1](a.md) and (3.14).", ""),
        ("Version 3.11 of Python was found.", "3.11"),
    ],
)
def test_a_number_is_found_at_its_precision(text: str, printed: str) -> None:
    assert unfounded(made(text, "", printed)) == []


@pytest.mark.parametrize(
    ("text", "printed", "missing"),
    [
        ("The loss is 0.25.", "0.2561", ["0.25"]),
        ("The loss is 0.25.", "", ["0.25"]),
        ("An accuracy of 97 percent.", "0.981", ["97 percent"]),
        ("From 1.5 to 2.5.", "1.5", ["2.5"]),
    ],
)
def test_a_number_that_no_output_has_is_reported(
    text: str, printed: str, missing: list[str]
) -> None:
    assert unfounded(made(text, "x = 3", printed)) == missing


def test_what_a_program_says_may_be_quoted() -> None:
    assert unfounded(made("The rate is 0.05.", "train(lr=0.05)")) == []


def test_an_exercise_sets_numbers_and_a_page_without_code_quotes_none() -> None:
    assert unfounded(made("The rate is 0.05.\n\n## Exercises\n\n1. Try 0.1.", "lr=0.05")) == []
    assert unfounded(v4.new_notebook(cells=[v4.new_markdown_cell("A chance of 0.51.")])) == []
