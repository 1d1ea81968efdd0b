"""``_config.yml``: Jupyter Book's own settings, and the section ``polybook``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from polybook.book import load_config
from polybook.source import BookError, Diagnostic

FRAMEWORKS = """\
title: Small
polybook:
  frameworks:
    beta:
      title: Beta!
      library: lib.beta
      environment: env/beta.txt
    alpha:
"""


@pytest.fixture
def configure(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        (tmp_path / "_config.yml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


Configure = Callable[[str], Path]


def complaint(folder: Path) -> Diagnostic:
    with pytest.raises(BookError) as caught:
        load_config(folder)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.path == "_config.yml"
    return diagnostic


def test_frameworks_stand_in_the_order_of_the_file(configure: Configure) -> None:
    config = load_config(configure(FRAMEWORKS))
    assert config.framework_names == ("beta", "alpha")


def test_a_framework_is_data(configure: Configure) -> None:
    beta = load_config(configure(FRAMEWORKS)).framework("beta")
    assert (beta.title, beta.library, beta.environment) == ("Beta!", "lib.beta", "env/beta.txt")
    assert beta.library_path == "lib/beta.py"
    assert (beta.line, beta.environment_line) == (4, 7)


def test_everything_about_a_framework_can_be_left_out(configure: Configure) -> None:
    alpha = load_config(configure(FRAMEWORKS)).framework("alpha")
    assert (alpha.title, alpha.library, alpha.environment) == ("alpha", "", "")


def test_a_framework_whose_imports_do_not_survive_a_fork(configure: Configure) -> None:
    config = load_config(configure(FRAMEWORKS + "      warm: false\n"))
    assert [framework.warm for framework in config.frameworks] == [True, False]


def test_a_framework_that_is_not_there(configure: Configure) -> None:
    with pytest.raises(KeyError):
        load_config(configure(FRAMEWORKS)).framework("gamma")


def test_a_jupyter_book_needs_no_framework(configure: Configure) -> None:
    config = load_config(configure("title: Plain\nauthor: Ada\nexecute:\n  timeout: 3\n"))
    assert (config.title, config.frameworks) == ("Plain", ())
    assert (config.base_url, config.bibliographies) == ("", ())


def test_what_polybook_takes_from_jupyter_book_s_settings(configure: Configure) -> None:
    config = load_config(
        configure(
            "title: Small\nhtml:\n  baseurl: https://example.org/\n"
            "sphinx:\n  config:\n    bibtex_bibfiles: [a.bib, b.bib]\n"
        )
    )
    assert config.base_url == "https://example.org/"
    assert config.bibliographies == ("a.bib", "b.bib")


def test_a_sole_bibliography_may_stand_without_brackets(configure: Configure) -> None:
    config = load_config(configure("sphinx:\n  config:\n    bibtex_bibfiles: a.bib\n"))
    assert config.bibliographies == ("a.bib",)


def test_the_settings_of_myst_are_those_of_jupyter_book(configure: Configure) -> None:
    plain = load_config(configure("title: Small\n")).myst
    assert {"dollarmath", "colon_fence"} <= plain.enable_extensions
    assert "amsmath" not in plain.enable_extensions

    given = load_config(
        configure(
            "parse:\n  myst_enable_extensions: [amsmath]\n"
            "sphinx:\n  config:\n    myst_heading_anchors: 3\n"
        )
    ).myst
    # The book's own list replaces the other, but for what the dialect needs.
    assert given.enable_extensions == {"amsmath", "dollarmath"}
    assert given.heading_anchors == 3


@pytest.mark.parametrize(
    ("text", "line", "code", "words"),
    [
        ("title: [\n", 2, "invalid-yaml", "no YAML"),
        ("- a\n- b\n", 1, "invalid-config", "no mapping"),
        ("", 1, "invalid-config", "no mapping"),
        ("polybook:\n  framworks: {}\n", 2, "unknown-setting", "'framworks'"),
        ("polybook: yes\n", 1, "invalid-config", "'polybook'"),
        ("polybook:\n  frameworks: [alpha]\n", 2, "invalid-config", "polybook:frameworks"),
        (
            "polybook:\n  frameworks:\n    alpha:\n      titel: A\n",
            4,
            "unknown-setting",
            "polybook:frameworks:alpha",
        ),
        ("polybook:\n  frameworks:\n    Alpha: {}\n", 3, "invalid-config", "'Alpha'"),
        ("polybook:\n  frameworks:\n    a b: {}\n", 3, "invalid-config", "'a b'"),
        ("polybook:\n  frameworks:\n    all: {}\n", 3, "invalid-config", "'all'"),
        (
            "polybook:\n  frameworks:\n    alpha:\n      library: lib/alpha.py\n",
            4,
            "invalid-config",
            "'lib/alpha.py'",
        ),
        *(
            (
                f"polybook:\n  frameworks:\n    alpha:\n      variables:\n        {given}\n",
                5,
                "invalid-config",
                words,
            )
            for given, words in (
                ("A-B: x", "'A-B' cannot name an environment variable"),
                ("PYTHONPATH: x", "PYTHONPATH is set by polybook"),
                ("LEVEL: 1", "the value of LEVEL is no text: 1"),
            )
        ),
        (
            "polybook:\n  frameworks:\n    alpha:\n      warm: lukewarm\n",
            4,
            "invalid-config",
            "'warm' cannot be 'lukewarm'",
        ),
        (
            "title: x\nparse:\n  myst_enable_extensions: [nonsense]\n",
            3,
            "invalid-config",
            "nonsense",
        ),
        ("title: x\nsphinx: 3\n", 2, "invalid-config", "'sphinx'"),
    ],
)
def test_mistakes(configure: Configure, text: str, line: int, code: str, words: str) -> None:
    found = complaint(configure(text))
    assert (found.line, found.code) == (line, code)
    assert words in found.message


def test_an_unknown_setting_is_followed_by_the_one_that_was_meant(configure: Configure) -> None:
    found = complaint(configure("polybook:\n  frameworks:\n    alpha:\n      titel: A\n"))
    assert found.suggestion == "did you mean 'title'?"


def test_a_folder_that_is_no_book(tmp_path: Path) -> None:
    found = complaint(tmp_path)
    assert found.code == "missing-file"
    assert "_toc.yml" in found.suggestion
