"""The names of PDF and EPUB: one way for both."""

from __future__ import annotations

import pytest

from polybook.publish.file_name import edition_name


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Deep Learning by Doing", "deep-learning-by-doing-alpha.pdf"),
        ("  A_b: c/d! ", "a-b-c-d-alpha.pdf"),
        ("动手学", "动手学-alpha.pdf"),
        ("ＡＢＣ ﬁne", "abc-fine-alpha.pdf"),
        ("…", "book-alpha.pdf"),
        ("", "book-alpha.pdf"),
    ],
)
def test_a_title_becomes_a_name(title: str, name: str) -> None:
    assert edition_name(title, "alpha", "pdf") == name
