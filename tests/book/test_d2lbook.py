"""A d2lbook project becomes a book: what is read, what is left behind, what is refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from resources import BOOKS

from polybook.book import load_book
from polybook.book.d2lbook import Import, import_d2lbook
from polybook.source import BookError, Diagnostic

WriteProject = Callable[..., Path]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a copy of the project whose tabs are Alpha and beta."""
    return Path(shutil.copytree(BOOKS / "d2lbook-project", tmp_path / "project"))


@pytest.fixture
def write_project(tmp_path: Path) -> WriteProject:
    """Write a project from its files, with an empty ``config.ini`` if none is given."""

    def write(**files: str) -> Path:
        named = {"config.ini": "", **files}
        for name, text in named.items():
            path = tmp_path / name.replace("__", "/")
            path = path if path.suffix else path.with_suffix(".md")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return write


def config_of(imported: Import) -> dict[str, Any]:
    return yaml.safe_load(imported.files["_config.yml"])


def toc_of(imported: Import) -> dict[str, Any]:
    return yaml.safe_load(imported.files["_toc.yml"])


def refusal(folder: Path) -> Diagnostic:
    with pytest.raises(BookError) as caught:
        import_d2lbook(folder)
    (found,) = caught.value.diagnostics
    assert caught.value.status == 1
    return found


def toc(*entries: str, numbered: bool = False) -> str:
    option = ":numbered:\n" if numbered else ""
    return f"```toc\n{option}\n" + "".join(f"{entry}\n" for entry in entries) + "```\n"


def test_an_imported_project_is_a_book(project: Path) -> None:
    import_d2lbook(project).write()
    book = load_book(project)
    assert [(page.path, page.entry.number) for page in book.pages] == [
        ("index.md", ()),
        ("start/index.md", ()),
        ("middle/index.md", (1,)),
        ("middle/first.md", (1, 1)),
        ("middle/second.md", (1, 2)),
        ("middle/deep/one.md", (1, 2, 1)),
        ("middle/alone.md", (2,)),
        ("end/works.md", ()),
    ]
    assert [(one.name, one.library, one.preamble) for one in book.config.frameworks] == [
        ("alpha", "d2l.alpha", "book/preamble/alpha.py"),
        ("beta", "d2l.beta", ""),
    ]
    assert list(book.bibliography) == ["Euclid.1956"]
    assert {"smartquotes", "dollarmath"} <= book.config.myst.enable_extensions


def test_chapters_and_settings_stay_untouched(project: Path) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    imported = import_d2lbook(project)
    imported.write()
    after = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    assert {path: after[path] for path in before} == before
    assert {path.relative_to(project).as_posix() for path in after.keys() - before.keys()} == {
        "_config.yml",
        "_toc.yml",
        "book/preamble/alpha.py",
    }


def test_settings(project: Path) -> None:
    config = config_of(import_d2lbook(project))
    # The title comes from the root page, and %% is one %.
    assert config["title"] == "A Small Project"
    assert config["author"] == "Its author"
    assert config["copyright"] == "2020, half of it 50% free"
    assert config["only_build_toc_files"] is True
    assert config["execute"] == {"execute_notebooks": "off"}
    assert config["html"] == {"favicon": "static/icon.svg"}
    assert config["sphinx"] == {
        "extra_extensions": ["sphinxcontrib.bibtex", "polybook.publish"],
        "config": {
            "language": "zh_CN",
            "release": "0.1.0",
            "bibtex_bibfiles": ["works.bib"],
            "myst_linkify_fuzzy_links": False,
            "numfig_format": {"figure": "Picture %s", "section": "Part %s"},
        },
    }


def test_frameworks_are_titled_as_the_book_spells_them(project: Path) -> None:
    frameworks = config_of(import_d2lbook(project))["polybook"]["frameworks"]
    assert [(name, given["title"]) for name, given in frameworks.items()] == [
        ("alpha", "ALPHA"),
        ("beta", "Beta"),
    ]


def test_aliases(project: Path) -> None:
    import_d2lbook(project).write()
    alpha, beta = load_book(project).config.frameworks
    assert alpha.aliases.module == "al"
    assert alpha.aliases.simple == (
        ("ones", "ones"),
        ("exp", "exp"),
        ("concat", "cat"),
        ("expand_dims", "expand_dims"),
        ("normal", "random.normal"),
    )
    assert alpha.aliases.fluent == (("numpy", "detach().numpy"), ("reshape", "reshape"))
    assert alpha.aliases.reverse == (
        (r"d2l.size\(([\w\_\d]+)\)", r"\1.size"),
        # A plain name is no part of a longer one, and text that is no
        # regular expression means itself.
        (r"\bd2l\.nn_Module\b", "nn.Module"),
        (r"d2l\.odd\(", "even("),
    )
    assert alpha.aliases.definitions == "nn_Module = nn.Module\nsize = lambda a: a.size\n"
    assert not beta.aliases


def test_what_is_hand_written_in_a_module_is_kept(project: Path) -> None:
    imported = import_d2lbook(project)
    assert imported.files["book/preamble/alpha.py"] == (
        "import math\nimport alphakit as al\nfrom alphakit import nn\n\nnn_Module = nn.Module\n"
    )
    imported.write()
    # The library is ours by now; the head that was saved stays in use.
    (project / "d2l/alpha.py").write_text("# generated\n", encoding="utf-8")
    again = import_d2lbook(project)
    assert "book/preamble/alpha.py" not in again.files
    alpha = config_of(again)["polybook"]["frameworks"]["alpha"]
    assert alpha["preamble"] == "book/preamble/alpha.py"


def test_what_is_left_out_has_its_line(project: Path) -> None:
    found = import_d2lbook(project).warnings
    assert {one.severity for one in found} == {"warning"}
    assert [(one.path, one.line, one.code) for one in found] == [
        ("middle/index.md", 9, "missing-chapter"),
        ("middle/index.md", 10, "invalid-toc"),
        ("middle/index.md", 11, "excluded-chapter"),
        ("config.ini", 23, "missing-file"),
        ("config.ini", 49, "no-preamble"),
    ]
    assert "middle/distributions.md" in found[0].message
    assert "middle/second.md is named twice" in found[1].message


def test_what_cannot_be_carried_over_is_listed_once(project: Path) -> None:
    assert import_d2lbook(project).notes == (
        "config.ini:3: [project] not carried over: name, translator_team",
        "config.ini:14: [build] not carried over: resources, sphinx_configs: html_domain_indices",
        "config.ini:21: [html] not carried over: header_links",
        "config.ini:27: [pdf] not carried over: main_font",
        "config.ini:30: [library] not carried over: version_file",
        "config.ini:51: [library-beta] not carried over: args_alias",
        "config.ini:54: [library-gamma] not carried over: lib_file",
        "config.ini:57: [colab] not carried over: github_repo",
        "in no toc block, so not in the book: middle/forgotten.md",
    )


def test_files_that_are_there_are_not_overwritten(project: Path) -> None:
    (project / "_config.yml").write_text("title: Mine\n", encoding="utf-8")
    imported = import_d2lbook(project)
    with pytest.raises(BookError) as caught:
        imported.write()
    (found,) = caught.value.diagnostics
    assert (found.path, found.code) == ("_config.yml", "existing-file")
    assert "--force" in found.suggestion
    assert not (project / "_toc.yml").exists()
    imported.write(force=True)
    assert load_book(project).config.title == "A Small Project"


def test_several_blocks_are_parts(write_project: WriteProject) -> None:
    index = "# Book\n\n" + toc("one") + "\n" + toc("two", numbered=True) + "\n" + toc("three")
    folder = write_project(index=index, one="# 1\n", two="# 2\n", three="# 3\n")
    assert toc_of(import_d2lbook(folder)) == {
        "format": "jb-book",
        "root": "index",
        "parts": [
            {"chapters": [{"file": "one"}]},
            {"numbered": True, "chapters": [{"file": "two"}]},
            {"chapters": [{"file": "three"}]},
        ],
    }


def test_a_sole_block_needs_no_part(write_project: WriteProject) -> None:
    folder = write_project(index="# Book\n\n" + toc("one", numbered=True), one="# 1\n")
    imported = import_d2lbook(folder)
    assert toc_of(imported) == {
        "format": "jb-book",
        "root": "index",
        "options": {"numbered": True},
        "chapters": [{"file": "one"}],
    }
    imported.write()
    assert [page.entry.number for page in load_book(folder).pages] == [(), (1,)]


def test_options_and_entries_of_toctrees(write_project: WriteProject) -> None:
    index = (
        "# Book\n\n```toc\n:caption: Main matter\n:numbered: 1\n\n/a/index\n"
        "The second <b.md>\nHome <https://example.org>\n../outside\n```\n"
    )
    folder = write_project(
        index=index, a__index="# A\n\n" + toc("../a/c", "index"), a__c="# C\n", b="# B\n"
    )
    imported = import_d2lbook(folder)
    assert toc_of(imported) == {
        "format": "jb-book",
        "root": "index",
        "options": {"caption": "Main matter", "numbered": 1},
        "chapters": [
            {"file": "a/index", "sections": [{"file": "a/c"}]},
            {"file": "b", "title": "The second"},
            {"url": "https://example.org", "title": "Home"},
        ],
    }
    assert [(one.path, one.line) for one in imported.warnings] == [
        ("a/index.md", 6),
        ("index.md", 10),
    ]
    imported.write()
    assert [page.entry.number for page in load_book(folder).pages] == [(), (1,), (), (2,)]


def test_numbers_below_the_root_are_reported(write_project: WriteProject) -> None:
    folder = write_project(index=toc("one"), one="# 1\n\n" + toc("two", numbered=True), two="# 2\n")
    imported = import_d2lbook(folder)
    assert [(one.path, one.line, one.code) for one in imported.warnings] == [
        ("one.md", 3, "invalid-toc")
    ]
    assert toc_of(imported)["chapters"] == [{"file": "one", "sections": [{"file": "two"}]}]


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ("", ["python"]),
        ("[build]\ntabs =\n", ["python"]),
        ("[library-gamma]\nlib_file = lib/gamma.py\n", ["gamma"]),
        ("[library-a]\nlib_file = a.py\n[library-b]\nlib_file = b.py\n", ["python"]),
        ("[build]\ntabs = Beta, alpha,\n", ["beta", "alpha"]),
    ],
)
def test_the_frameworks_are_the_tabs(
    write_project: WriteProject, settings: str, names: list[str]
) -> None:
    folder = write_project(**{"config.ini": settings}, index="# Book\n")
    imported = import_d2lbook(folder)
    assert list(config_of(imported)["polybook"]["frameworks"]) == names


def test_the_bibliography_may_be_named_in_a_chapter_alone(write_project: WriteProject) -> None:
    index = (
        "# Book\n\n:bibliography:`a.bib`\n\n```eval_rst\n.. bibliography:: b.bib\n```\n\n"
        ":bibliography:`missing.bib`\n"
    )
    folder = write_project(index=index, **{"a.bib": "", "b.bib": ""})
    assert config_of(import_d2lbook(folder))["sphinx"]["config"]["bibtex_bibfiles"] == [
        "a.bib",
        "b.bib",
    ]


def test_a_module_that_cannot_be_imported(write_project: WriteProject) -> None:
    settings = "[build]\ntabs = alpha\n\n[library-alpha]\nlib_file = my-lib/alpha.py\n"
    imported = import_d2lbook(write_project(**{"config.ini": settings}, index="# Book\n"))
    assert [(one.line, one.code) for one in imported.warnings] == [(5, "invalid-config")]
    assert "library" not in config_of(imported)["polybook"]["frameworks"]["alpha"]


@pytest.mark.parametrize(
    ("settings", "line", "code", "words"),
    [
        ("tabs = a\n", 1, "invalid-config", "no [section]"),
        ("[build]\ntabs = a\n\nnonsense\n", 4, "invalid-config", "no key"),
        ("[build]\ntabs = a\ntabs = b\n", 3, "invalid-config", "'tabs' is given twice"),
        ("[build]\n[build]\n", 2, "invalid-config", "'[build]' is given twice"),
        ("# x\n[project]\ntitle = 50% free\n", 3, "invalid-config", "'title' holds a %"),
        ("[project]\ntitle = %(nowhere)s\n", 2, "invalid-config", "'title' holds a %"),
        ("[build]\n\ntabs = all\n", 3, "invalid-config", "'all' cannot name a framework"),
        ("[build]\nindex = start\n", 2, "missing-chapter", "start.md is missing"),
    ],
)
def test_malformed_settings(
    write_project: WriteProject, settings: str, line: int, code: str, words: str
) -> None:
    found = refusal(write_project(**{"config.ini": settings}, index="# Book\n"))
    assert (found.path, found.line, found.code) == ("config.ini", line, code)
    assert words in found.message


def test_a_folder_without_settings_or_root_page(tmp_path: Path) -> None:
    assert refusal(tmp_path).code == "missing-file"
    (tmp_path / "config.ini").write_bytes(b"[project]\ntitle = \xff\n")
    assert refusal(tmp_path).code == "unreadable-file"
    (tmp_path / "config.ini").write_text("[project]\ntitle = x\n", encoding="utf-8")
    found = refusal(tmp_path)
    assert (found.path, found.line, found.code) == ("config.ini", 1, "missing-chapter")


def test_a_chapter_that_is_no_text(write_project: WriteProject) -> None:
    folder = write_project(index=toc("one"), one="")
    (folder / "one.md").write_bytes(b"# \xff\n")
    assert refusal(folder).path == "one.md"
