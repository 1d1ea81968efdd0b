"""What the store keeps of a cell's outputs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_output

from polybook.execution.hygiene import neutral, tidied

FOLDERS = [("/build/run-1/library", "library"), ("/env", "environment"), ("/tmp", "temp")]


def text(name: str, text: str) -> NotebookNode:
    return new_output("stream", name=name, text=text)


def test_text_is_joined_up_to_the_next_figure() -> None:
    figure = new_output("display_data", data={"text/plain": "a figure"})
    cut = [text("stderr", "1"), text("stdout", "2"), text("stderr", "3"), figure]
    assert tidied([*cut, text("stdout", "4")], []) == [
        text("stdout", "2"),
        text("stderr", "13"),
        figure,
        text("stdout", "4"),
    ]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  0%|   |\r 50%|## |\r100%|###|\n", "100%|###|\n"),
        ("long line\rshort\n", "shortline\n"),
        ("abc\b\bX\n", "aXc\n"),
        ("two\r\nlines\r\n", "two\nlines\n"),
        ("\x1b[31mred\x1b[0m\n", "red\n"),
        ("no end\rof line", "of linee"[:7]),
        ("<Line2D at 0x7f3a2b1c9d10>\n", "<Line2D at 0x...>\n"),
        ("mask 0xff, at 0xff\n", "mask 0xff, at 0xff\n"),
        ("/env/lib/x.py:3: UserWarning: old\n", "environment/lib/x.py:3: UserWarning: old\n"),
        ("/tmp/ipykernel_4711/123456.py:2: UserWarning: hm\n", "cell.py:2: UserWarning: hm\n"),
    ],
)
def test_a_text_is_kept_as_readers_shall_see_it(written: str, kept: str) -> None:
    (output,) = tidied([text("stdout", written)], FOLDERS)
    assert output.text == kept


def test_equal_pictures_in_a_drawing_have_names_of_their_own() -> None:
    drawing = '<svg><image id="image1"/><g id="a"/><image id="image1"/><use href="#a"/></svg>'
    figure = new_output("display_data", data={"image/svg+xml": drawing})
    (kept,) = tidied([figure], [])
    assert kept.data["image/svg+xml"] == (
        '<svg><image id="image1"/><g id="a"/><image id="image1-2"/><use href="#a"/></svg>'
    )


def test_the_first_plot_on_a_machine_tells_no_reader_of_its_cache() -> None:
    news = "Matplotlib is building the font cache; this may take a moment.\n"
    assert tidied([text("stderr", news)], []) == []
    assert tidied([text("stderr", f"before\n{news}after\n")], []) == [
        text("stderr", "before\nafter\n")
    ]


def test_a_text_of_which_nothing_remains_is_gone() -> None:
    assert tidied([text("stdout", "\x1b[0m")], []) == []


def test_a_widget_that_showed_progress_is_gone_and_another_stays() -> None:
    def widget(shown: str) -> NotebookNode:
        data = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": shown}
        return new_output("display_data", data=data)

    slider = widget("IntSlider(value=3)")
    assert tidied([widget("HBox(children=(FloatProgress(value=0.0), HTML())"), slider], []) == [
        slider
    ]


def test_values_and_tracebacks_lose_their_paths_and_pictures_do_not_change() -> None:
    value = new_output(
        "execute_result",
        execution_count=1,
        data={"text/plain": "'/env/bin'", "text/html": "<b>/env</b>", "image/png": "/env"},
    )
    error = new_output("error", ename="E", evalue="in /env", traceback=["\x1b[31m/env\x1b[0m"])
    found = tidied([value, error], FOLDERS)
    assert found[0].data == {
        "text/plain": "'environment/bin'",
        "text/html": "<b>environment</b>",
        "image/png": "/env",
    }
    # Jupyter shows a traceback in its colours.
    assert (found[1].evalue, found[1].traceback) == (
        "in environment",
        ["\x1b[31menvironment\x1b[0m"],
    )


@given(st.text(alphabet="ab\r\b\n\x1b[0m", max_size=40))
def test_tidying_once_is_enough(written: str) -> None:
    once = [output.text for output in tidied([text("stdout", written)], FOLDERS)]
    again = tidied([text("stdout", each) for each in once], FOLDERS)
    assert [output.text for output in again] == once


@given(st.text(max_size=60))
def test_neutral_text_stays_as_it_is(written: str) -> None:
    once = neutral(written, FOLDERS)
    assert neutral(once, FOLDERS) == once
