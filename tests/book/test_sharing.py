"""``polybook: store:`` in ``_config.yml``, and the variables that take its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from polybook.book import load_config
from polybook.book.sharing import Sharing
from polybook.source import BookError, Diagnostic

KEY = "ed25519:" + 32 * "0f"


def configured(folder: Path, settings: str) -> Sharing:
    text = f"title: Small\npolybook:\n{settings}"
    (folder / "_config.yml").write_text(text, encoding="utf-8")
    return load_config(folder).sharing


def complaint(caught: pytest.ExceptionInfo[BookError]) -> Diagnostic:
    (found,) = caught.value.diagnostics
    return found


def test_a_book_shares_nothing_unless_it_says_so(tmp_path: Path) -> None:
    sharing = configured(tmp_path, "  untagged: all\n")
    assert (sharing.url, sharing.write, sharing.trusted) == ("", False, None)


def test_where_outputs_are_shared_and_whose_count(tmp_path: Path) -> None:
    sharing = configured(
        tmp_path,
        f"  store:\n    write: true\n    url: s3://bucket/book\n    trusted:\n      - {KEY}\n",
    )
    assert (sharing.url, sharing.write, sharing.trusted) == ("s3://bucket/book", True, (KEY,))
    assert (sharing.path, sharing.line) == ("_config.yml", 5)


@pytest.mark.parametrize(
    ("settings", "line", "code", "words"),
    [
        ("  store: s3://bucket\n", 3, "invalid-config", "'polybook:store' must be a mapping"),
        ("  store:\n    ulr: s3://bucket\n", 4, "unknown-setting", "unknown setting 'ulr'"),
        ("  store:\n    url: bucket/book\n", 4, "invalid-config", "'bucket/book' is no URL"),
        ("  store:\n    url: 7\n", 4, "invalid-config", "'7' is no URL"),
        ("  store:\n    write: often\n", 4, "invalid-config", "'write' cannot be 'often'"),
        ("  store:\n    trusted: []\n", 4, "invalid-config", "names no key"),
        (
            f"  store:\n    trusted:\n      - {KEY}\n      - somebody\n",
            6,
            "invalid-config",
            "'somebody' is no public key",
        ),
        (
            f"  store:\n    trusted: {KEY.upper()}\n",
            4,
            "invalid-config",
            "is no public key",
        ),
    ],
)
def test_mistakes_are_told_with_their_line(
    tmp_path: Path, settings: str, line: int, code: str, words: str
) -> None:
    with pytest.raises(BookError) as caught:
        configured(tmp_path, settings)
    found = complaint(caught)
    assert (found.path, found.line, found.code) == ("_config.yml", line, code)
    assert words in found.message


def test_variables_take_the_place_of_the_settings() -> None:
    settings = Sharing("s3://bucket/book", trusted=(KEY,), line=5)
    assert settings.overridden({}) == settings
    there = {"POLYBOOK_STORE_URL": "file:///srv/book", "POLYBOOK_STORE_WRITE": "true"}
    found = settings.overridden(there)
    assert (found.url, found.write, found.trusted) == ("file:///srv/book", True, (KEY,))
    assert found.path == "POLYBOOK_STORE_URL"
    assert settings.overridden({"POLYBOOK_STORE_URL": ""}).url == ""
    writing = Sharing("s3://bucket/book", write=True)
    assert not writing.overridden({"POLYBOOK_STORE_WRITE": "false"}).write


@pytest.mark.parametrize(
    ("name", "value"), [("POLYBOOK_STORE_URL", "bucket"), ("POLYBOOK_STORE_WRITE", "yes")]
)
def test_a_variable_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(BookError) as caught:
        Sharing().overridden({name: value})
    found = complaint(caught)
    assert (found.path, found.code) == (name, "invalid-config")
    assert f"'{value}'" in found.message
