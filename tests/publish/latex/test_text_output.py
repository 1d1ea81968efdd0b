"""Text that programs write."""

from __future__ import annotations

import pytest

from polybook.publish.latex.text_output import plain_output


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("\x1b[0;31mError\x1b[0m: no\n", "Error: no"),
        ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("a\tb\x00\x07", "a       b"),
        ("  indented  \n\n", "  indented"),
    ],
)
def test_text_is_plain(written: str, printed: str) -> None:
    assert plain_output(written) == printed


def test_tracebacks_and_streams_keep_their_kind_and_lose_their_colours(latex) -> None:
    raised = {"output_type": "error", "ename": "E", "evalue": "e"}
    done = latex(
        {"output_type": "stream", "name": "stdout", "text": "\x1b[1mbold\x1b[0m\n"},
        {"output_type": "stream", "name": "stderr", "text": "careful\n"},
        {"output_type": "stream", "name": "stdout", "text": "\n"},
        {**raised, "traceback": ["\x1b[31mNameError\x1b[39m: lost"]},
    )
    assert done.returncode == 0 and "\x1b" not in done.tex
    assert "bold" in done.tex and "careful" in done.tex and "NameError: lost" in done.tex
